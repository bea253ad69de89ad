"""Practice tests: made by a seed, graded by the deck, with links to the proofs."""

import json


def right_place(deck, question):
    """Which option is right, by the deck and not by the test itself."""
    options = [each.get("html") or each["text"] for each in question["options"]]
    if question["kind"] == "term":
        terms = {each["definition"]: each["term"] for each in deck["terms"]}
        return options.index(terms[question["explanation"]])
    if question["kind"] == "answer":
        asked = question["prompt"].partition("? ")[2]
        answers = {each["question"]: each["answer"] for each in deck["questions"]}
        return options.index(answers[asked])
    saying = question["prompt"].partition("“")[2].removesuffix("”")
    popular = [each for item in deck["questions"] for each in item["popular"]]
    (verdict,) = {each["verdict"] for each in popular if each["text"] == saying}
    if question["kind"] == "true or false":
        verdict = {"right": "true", "wrong": "false"}[verdict]
    return options.index(verdict)


def begin_test(room, seed):
    """The test of a seed, as it stands on the page; and the right options."""
    room.open("test")
    room.tab.locator("[name=seed]").fill(str(seed))
    room.tab.locator("[name=seed]").press("Tab")
    test = room.tab.evaluate(f"study.questions.practiceTest({seed})")
    return test, [right_place(room.deck, question) for question in test]


def test_a_practice_test_is_graded_as_the_deck_says(room):
    kinds = set()
    for seed in (1, 2):
        test, right = begin_test(room, seed)
        kinds |= {question["kind"] for question in test}
        assert len(test) == 10 or len(room.deck["questions"]) < 8
        for number, place in enumerate(right[:-1]):  # The last is not answered.
            options = len(test[number]["options"])
            chosen = place if number % 3 else (place + 1) % options
            radio = f"[name=question-{number}][value='{chosen}']"
            room.tab.locator(radio).check()
        room.click("Grade")
        good = [bool(k % 3) and k < len(test) - 1 for k in range(len(test))]
        score = room.tab.locator(".study-score").inner_text()
        assert score == f"{sum(good)} of {len(test)} right"
        marks = room.tab.locator(".study-mark").all_inner_texts()
        assert [mark == "✓ Right" for mark in marks] == good
        assert marks[-1] == "✗ Not answered"
        assert room.fits()
    assert {"answer", "verdict", "true or false"} <= kinds
    assert [kept["right"] for kept in room.state["tests"]] == [sum(good)] * 2


def test_each_graded_question_links_to_its_proof(room, book):
    test, _ = begin_test(room, 3)
    room.click("Grade")
    urls = {each["name"]: each["url"] for each in room.deck["claims"]}
    popular = {
        each["text"]: [urls[name] for name in each["claims"] if name in urls]
        for item in room.deck["questions"]
        for each in item["popular"]
    }
    graded = room.tab.locator(".study-graded > li").all()
    for question, item in zip(test, graded, strict=True):
        links = item.locator(".study-source a")
        found = [link.get_attribute("href") for link in links.all()]
        expected = popular.get(question["about"], [])
        assert found[: len(expected)] == expected
        assert len(found) > len(expected) or question["kind"] == "term"


def test_a_seed_makes_one_test_and_nothing_is_asked_twice(room):
    room.open("test")
    make = "seed => study.questions.practiceTest(seed)"
    tests = [room.tab.evaluate(make, seed) for seed in range(20)]
    assert room.tab.evaluate(make, 7) == tests[7]
    assert len({json.dumps(test) for test in tests}) > 15
    for test in tests:
        abouts = [question["about"] for question in test]
        assert len(abouts) == len(set(abouts))
        assert all(sum(o["right"] for o in q["options"]) == 1 for q in test)
