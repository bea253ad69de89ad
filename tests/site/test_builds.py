"""What stops a build, and what makes a page anew: on books of one chapter."""

import shutil
import sys

import pytest
from building import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from extensions import execution, imports

CLAIM = """# %% [markdown]
# # A chapter
#
# A number: {{glue:text}}`thousand`.
# %%
from dlbook.claims import claim
from dlbook.page import quote

quote("thousand", 1000)
claim("half-is-small", "A half is {word}.", measured=0.5, below={bound})
"""

WRONG = """# %% [markdown]
# # A chapter
#
# :::{popular-answer} It is always so.
# :verdict: dubious
# :claims: no-such-claim
#
# It is not.
# :::
#
# :::{shown-figure} nothing-shown
# :alt: A figure whose image no output holds.
#
# A caption.
# :::
#
# :::{interview-card} Why?
#
# Because.
# :::
# %%
from dlbook.claims import claim
from dlbook.page import directive, put

claim("told-twice", "One is one.", measured=1, equals=1)
# %%
svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
put({"image/svg+xml": svg, "text/plain": "a figure"})
put({"text/markdown": directive("shown-figure", "blind", "A caption.")})
"""

MEETING = """# %% [markdown]
# # Each waits for the other
# %%
import time
from pathlib import Path

Path("{0}.here").touch()
began = time.monotonic()
while not Path("{1}.here").exists():
    assert time.monotonic() < began + 60, "The other never came."
    time.sleep(0.1)
"""


def test_a_true_claim_is_built_and_a_false_one_stops_the_build(small_book):
    small_book.write("chapters/01_one.py", CLAIM.format(word="small", bound=1))
    code, output = small_book.build()
    assert code == 0, output
    page = small_book.page("chapters/01_one.html")
    assert page.find(id="claim-half-is-small")
    assert "A number: 1,000." in page.get_text()
    small_book.write("chapters/01_one.py", CLAIM.format(word="small", bound=0.1))
    code, output = small_book.build()
    assert code != 0
    assert "FalseClaim" in output
    assert "half-is-small" in output


def test_the_ledger_follows_a_chapter_that_changed_and_one_that_went(small_book):
    small_book.write("chapters/01_one.py", CLAIM.format(word="small", bound=1))
    other = CLAIM.replace("half-is-small", "other").replace("thousand", "number")
    other = other.format(word="other", bound=1)
    small_book.write("chapters/02_two.py", other)
    assert small_book.build()[0] == 0
    assert _ledger(small_book) == ["A half is small.", "A half is other."]
    small_book.write("chapters/01_one.py", CLAIM.format(word="tiny", bound=1))
    assert small_book.build()[0] == 0
    assert _ledger(small_book) == ["A half is tiny.", "A half is other."]
    (small_book.source / "chapters" / "02_two.py").unlink()
    assert small_book.build()[0] == 0
    assert _ledger(small_book) == ["A half is tiny."]
    assert not (small_book.html / "chapters" / "02_two.html").exists()
    assert not small_book.page("docs/index.html").select("a[href*='02_two']")


def _ledger(small_book):
    links = small_book.page("docs/ledger.html").select(
        "table.ledger a[href*='#claim-']"
    )
    return [link.get_text() for link in links]


def test_what_is_wrong_on_a_page_is_named_and_named_again(small_book):
    small_book.write("chapters/01_one.py", WRONG)
    twice = "# %% [markdown]\n# # Again\n# %%\nfrom dlbook.claims import claim\n"
    twice += 'claim("told-twice", "Two is two.", measured=2, equals=2)\n'
    small_book.write("chapters/02_two.py", twice)
    for _ in range(2):
        code, output = small_book.build()
        assert code != 0
        assert "verdict is one of right, imprecise, wrong, unverifiable" in output
        assert "claim-no-such-claim" in output
        assert "The figure nothing-shown has no image" in output
        assert "The figure blind has no alt text" in output
        assert "A card needs an :id:" in output
        assert "The claim told-twice stands 2 times" in output


def test_a_warning_of_python_stops_the_build(small_book):
    chapter = (
        "# %% [markdown]\n# # A chapter\n# %%\nimport warnings\nwarnings.warn('loud')\n"
    )
    small_book.write("chapters/01_one.py", chapter)
    code, output = small_book.build()
    assert code != 0
    assert "stderr was found in the cell outputs" in output


def test_what_the_backend_writes_below_python_stays_off_the_page(small_book):
    chapter = (
        "# %% [markdown]\n# # A chapter\n# %%\nimport os\n_ = os.write(2, b'oneDNN')\n"
    )
    small_book.write("chapters/01_one.py", chapter)
    code, output = small_book.build()
    assert code == 0, output
    assert not small_book.page("chapters/01_one.html").select(".stderr")


def test_chapters_run_in_this_python_on_this_library(small_book):
    chapter = "# %% [markdown]\n# # A chapter\n# %%\nimport sys\n\nimport dlbook\n\n"
    chapter += "print(sys.executable, dlbook.__file__)\n"
    small_book.write("chapters/01_one.py", chapter)
    assert small_book.build()[0] == 0
    output = (
        small_book.page("chapters/01_one.html").select_one(".cell_output").get_text()
    )
    assert output.split() == [sys.executable, str(ROOT / "dlbook" / "__init__.py")]


@pytest.mark.parametrize(
    "file",
    ["dlbook/claims.py", "constraints.txt", "dlbook/new.txt", "benchmarks/new.json"],
)
def test_a_changed_library_has_another_salt(tmp_path, file):
    shutil.copytree(ROOT / "dlbook", tmp_path / "dlbook")
    (tmp_path / "benchmarks").mkdir()
    before = execution.salt(tmp_path)
    assert execution.salt(tmp_path) == before
    with (tmp_path / file).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert execution.salt(tmp_path) != before


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (
            "from dlbook.optimizers import Adam, SGD as S",
            ["optimizers.Adam", "optimizers.SGD"],
        ),
        ("import dlbook.data as d\nd.load_digits()", ["data", "data.load_digits"]),
        ("import dlbook\ndlbook.page.show", ["page", "page.show"]),
        ("from keras.optimizers import Adam\nx.y()", []),
    ],
)
def test_imports_are_found_under_their_full_names(program, names):
    found = set(imports.imported_names(program)) - {"dlbook"}
    assert found == {f"dlbook.{name}" for name in names}


def test_two_chapters_run_at_the_same_time(small_book):
    for name, other in (("01_one", "02_two"), ("02_two", "01_one")):
        small_book.write(f"chapters/{name}.py", MEETING.format(name, other))
    code, output = small_book.build()
    assert code == 0, output
