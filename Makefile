# `make book` and `make test` install what they need into .venv, once.

PYTHON ?= python3
BIN := .venv/bin

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
export TF_CPP_MIN_LOG_LEVEL := 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What TensorFlow 2.21 says at its start whatever its log level, what ipykernel says of
# every local kernel, and what Sphinx says of every file that it writes.
NOISE := -e '^I0000 ' -e '^WARNING: All log messages before absl' \
  -e 'WARNING . Kernel is running over TCP' -e '^myst' -e '^Writing evaluated' -e '^$$' \
  -e '^writing output' -e '^copying images' -e '^highlighting module code'

# One process a core; the tests of a file share what they trained and compiled.
TWO_AT_A_TIME := -n 2 --dist loadfile

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two targets never install into .venv at the same time, not even under `make -j`.
.NOTPARALLEL:
.PHONY: help book editions test test-backends test-site chapters clean constraints

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

book: .venv/installed-book ## build the book into build/book, running every chapter
	@$(BIN)/sphinx-build -W --keep-going -c docs -d build/doctrees . build/book 2>&1 \
	  | grep --line-buffered -v $(NOISE)
	@echo "Open build/book/index.html"

editions: .venv/installed-editions book ## make EPUB, PDF and zips into build/editions
	@$(BIN)/python docs/editions
	@$(MAKE) --no-print-directory book

test: .venv/installed-test ## check style and imports, run the tests on TensorFlow
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	KERAS_BACKEND=tensorflow $(BIN)/pytest $(TWO_AT_A_TIME) --ignore=tests/site

test-backends: .venv/installed-backends ## run the tests of the parts on JAX and torch
	KERAS_BACKEND=jax $(BIN)/pytest $(TWO_AT_A_TIME) -m backends --ignore=tests/site
	@# Two processes with two threads each wait for one another: twice the time.
	OMP_NUM_THREADS=1 KERAS_BACKEND=torch $(BIN)/pytest $(TWO_AT_A_TIME) -m backends \
	  --ignore=tests/site

test-site: .venv/installed-test book ## test the pages of the built book
	$(BIN)/pytest $(TWO_AT_A_TIME) tests/site

chapters: .venv/installed-book ## run every chapter as a program
	@ls chapters/[0-9]*.py | xargs -P 2 -I {} sh -c \
	  'said=$$($(BIN)/python {} 2>&1); code=$$?; echo "{}"; echo "$$said"; exit $$code'

clean: ## remove what was built; .venv stays
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis

constraints: ## renew constraints.txt: the newest versions that fit together
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install -qq ".[tensorflow,jax,torch,book,editions,test]"
	@{ echo "# The versions the book is built with. Renewed by: make constraints"; \
	  build/constraints/bin/pip freeze --all --exclude pip --exclude dlbook \
	  | sed 's/+.*//'; } > build/constraints/constraints.txt # 1.2+cpu is 1.2
	mv build/constraints/constraints.txt constraints.txt && rm -rf build/constraints

# What each stamp installs; it is renewed when one of its two files changes.
.venv/installed-book: EXTRAS := tensorflow,book
.venv/installed-editions: EXTRAS := tensorflow,book,editions
.venv/installed-test: EXTRAS := tensorflow,book,editions,test
.venv/installed-backends: EXTRAS := tensorflow,jax,torch,book,editions,test

.venv/installed-%: pyproject.toml constraints.txt | .venv/bin/pip
	@echo "Installing dlbook[$(EXTRAS)] into .venv. This takes a few minutes, once."
	@$(BIN)/pip install -qq -c constraints.txt -e ".[$(EXTRAS)]"
	@touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or \
	  sys.exit("TensorFlow and dlbook need Python 3.11, 3.12 or 3.13; " \
	  "$(PYTHON) is %d.%d. Name another: make PYTHON=python3.11" % v)'
	@$(PYTHON) -m venv .venv
