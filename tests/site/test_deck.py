"""The book's data, for its own scripts: `_static/deck.js`."""


def test_the_deck_holds_what_the_pages_show(deck, pages, chapters):
    page = pages["docs/questions.html"]
    questions = [f"question-{question['id']}" for question in deck["questions"]]
    assert questions == [entry["id"] for entry in page.select("section.question")]
    popular = [f"{a['verdict']} {a['text']}" for a in _popular(deck)]
    shown = page.select(".question-popular summary")
    assert popular == [" ".join(summary.get_text().split()) for summary in shown]
    assert len(deck["chapters"]) == len(chapters)
    boxes = [box["id"] for page in chapters.values() for box in page.select(".claim")]
    assert [f"claim-{claim['name']}" for claim in deck["claims"]] == boxes
    terms = pages["docs/glossary.html"].select("dl.glossary > dt")
    addresses = [f"glossary.html#{term['id']}" for term in terms]
    assert [term["url"] for term in deck["terms"]] == addresses


def _popular(deck):
    return [answer for question in deck["questions"] for answer in question["popular"]]


def test_every_address_of_the_deck_leads_somewhere(deck, pages):
    ids = {name: {tag["id"] for tag in pages[name].select("[id]")} for name in pages}
    entries = [entry for kind in deck.values() for entry in kind]
    assert len(entries) > 100
    for entry in entries:
        page, _, anchor = entry["url"].partition("#")
        page = page.removeprefix("../") if page.startswith("../") else f"docs/{page}"
        assert page in ids, entry["url"]
        assert not anchor or anchor in ids[page], entry["url"]


def test_names_in_the_deck_are_names_of_the_deck(deck):
    claims = {claim["name"] for claim in deck["claims"]}
    chapters = {chapter["name"]: chapter["part"] for chapter in deck["chapters"]}
    for question in deck["questions"]:
        assert question["part"] == chapters[question["chapter"]]
        for answer in question["popular"]:
            assert set(answer["claims"]) <= claims
    assert {claim["chapter"] for claim in deck["claims"]} <= set(chapters)


def test_a_page_can_load_the_deck_from_disk(book, tab):
    tab.goto((book.html / "docs/questions.html").as_uri())
    tab.add_script_tag(url="../_static/deck.js")
    assert tab.evaluate("dlbookDeck.questions.length") > 10
    assert not tab.troubles


def test_formulas_in_the_deck_are_set_by_mathjax(book, deck, tab):
    texts = [question["answer"] for question in deck["questions"]]
    formula = '<span class="math notranslate nohighlight">\\('
    number = sum(text.count(formula) for text in texts)
    assert number > 20
    tab.goto((book.html / "docs/questions.html").as_uri())
    tab.wait_for_function("window.MathJax?.startup?.promise")
    shown = tab.locator(".question-answer .math mjx-container")
    tab.wait_for_function(
        "number => document.querySelectorAll('.question-answer mjx-container')"
        ".length === number",
        arg=number,
    )
    assert shown.count() == number
