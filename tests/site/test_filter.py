"""Narrowing the questions and the ledger by words, part, chapter and verdict."""

import pytest


@pytest.fixture
def questions(book, tab):
    tab.goto((book.html / "docs/questions.html").as_uri())
    return tab


@pytest.fixture
def ledger(book, tab):
    tab.goto((book.html / "docs/ledger.html").as_uri())
    return tab


def _shown(tab, selector):
    return tab.locator(selector).locator("visible=true").count()


def _status(tab):
    return tab.locator("form.filter [role=status]").inner_text()


def test_the_number_found_is_the_number_shown(questions):
    total = questions.locator("section.question").count()
    assert _status(questions) == f"{total} questions"
    for words in ("Adam", "momentum hessian", "no such words"):
        questions.get_by_label("Search the questions").fill(words)
        found = _shown(questions, "section.question")
        assert found < total
        assert _status(questions) == f"{found} of {total} questions"
    assert _shown(questions, "section.questions h2") == 0
    questions.get_by_role("button", name="Show all").click()
    assert _status(questions) == f"{total} questions"
    assert _shown(questions, "section.question") == total
    assert not questions.troubles


def test_each_question_is_found_by_its_own_words_and_without_accents(questions):
    field = questions.get_by_label("Search the questions")
    for title in questions.locator("section.question h3").all():
        words = title.evaluate("h => h.firstChild.textContent").upper()
        field.fill(words)
        assert title.is_visible(), words
    field.fill("polyak")
    plain = _status(questions)
    field.fill("Pölyak")
    assert _status(questions) == plain != ""


def test_a_part_leaves_its_own_questions(questions):
    part = questions.locator("section.questions").first
    name = part.locator("h2").evaluate("h => h.firstChild.textContent")
    questions.get_by_label("Part of the book").select_option(name)
    inside = part.locator("section.question").count()
    assert _shown(questions, "section.question") == inside
    assert _shown(questions, "section.questions") == 1


def test_a_verdict_leaves_the_popular_answers_that_have_it(questions):
    with_it = "section.question:has(.verdict-wrong)"
    expected = questions.locator(with_it).count()
    questions.get_by_label("A popular answer is").select_option("wrong")
    assert 0 < _shown(questions, "section.question") == expected
    assert _shown(questions, ".verdict") == questions.locator(".verdict-wrong").count()


def test_a_link_to_a_hidden_question_shows_it(questions):
    questions.get_by_label("Search the questions").fill("no such words")
    name = questions.locator("section.question").last.get_attribute("id")
    questions.evaluate("name => { location.hash = name }", name)
    questions.locator(f"#{name}").wait_for()
    assert questions.get_by_label("Search the questions").input_value() == ""


def test_without_a_script_everything_shows(book, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((book.html / "docs/questions.html").as_uri())
    assert _shown(page, "section.question") == page.locator("section.question").count()
    assert not page.locator("form.filter").is_visible()
    page.close()


def test_a_claim_is_found_with_its_chapter_beside_it(ledger):
    rows = "table.ledger tbody tr"
    last = ledger.locator(rows).last
    sentence = last.locator("a[href*='#claim-']").last.inner_text()
    chapters = ledger.get_by_label("Chapter").locator("option").all_inner_texts()
    ledger.get_by_label("Search the claims").fill(sentence)
    assert _shown(ledger, rows) == 1
    assert last.locator("td").first.locator("a").inner_text() == chapters[-1]
    assert last.locator("td").first.get_attribute("rowspan") == "1"
    ledger.get_by_label("Search the claims").fill("")
    for chapter in chapters[1:]:
        ledger.get_by_label("Chapter").select_option(chapter)
        cell = ledger.locator(f"{rows} td[rowspan]").locator("visible=true")
        assert cell.locator("a").inner_text() == chapter
        assert int(cell.get_attribute("rowspan")) == _shown(ledger, rows)
        assert _status(ledger).startswith(f"{_shown(ledger, rows)} of ")
    assert not ledger.troubles


def test_the_ledger_shows_the_claims_behind_a_verdict(ledger):
    rows = "table.ledger tbody tr"
    expected = ledger.locator(f"{rows}:has(.verdict-wrong)").count()
    ledger.get_by_label("A popular answer is").select_option("wrong")
    assert 0 < _shown(ledger, rows) == expected
