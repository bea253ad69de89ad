"""The scheduler of the study room decides as the package fsrs does."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import numpy as np
import pytest
from building import ROOT
from fsrs import Card, Rating, Scheduler

HISTORIES = 400
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REVIEW_ALL = """histories => histories.map((reviews) => {
  let card;
  return reviews.map(([rating, time]) => {
    card = study.scheduler.review(card, rating, time);
    return card;
  });
})"""


@pytest.fixture(scope="session")
def scheduler(browser):
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "docs/static/study/scheduler.js")
    yield page
    page.close()


def drawn_histories():
    """Up to 14 reviews of each card, from seconds to two years apart; and extremes."""
    start = milliseconds(START)
    yield [(1, start + minute * 60_000) for minute in range(30)]
    yield [(4, start + decade * 315_360_000_000) for decade in range(15)]
    generator = np.random.default_rng(9)
    for _ in range(HISTORIES):
        length = generator.integers(1, 15)
        ratings = generator.choice([1, 2, 3, 4], size=length, p=[0.2, 0.2, 0.4, 0.2])
        waits = np.exp(generator.uniform(np.log(5e3), np.log(6e10), size=length))
        times = start + np.cumsum(waits).astype(int)
        yield list(zip(ratings.tolist(), times.tolist(), strict=True))


def milliseconds(time):
    return round((time - EPOCH) / MILLISECOND)


def reference(history):
    scheduler, card = Scheduler(enable_fuzzing=False), Card(due=START)
    for rating, at in history:
        when = EPOCH + at * MILLISECOND
        card, _ = scheduler.review_card(card, Rating(rating), review_datetime=when)
        numbers = [card.stability, card.difficulty]
        yield numbers, milliseconds(card.due), card.state.name.lower(), card.step


def test_it_gives_the_same_stability_difficulty_and_due_date_as_fsrs(scheduler):
    histories = list(drawn_histories())
    ours = list(chain(*scheduler.evaluate(REVIEW_ALL, histories)))
    theirs = list(chain(*map(reference, histories)))
    numbers, due, phases, steps = zip(*theirs, strict=True)
    assert set(phases) == {"learning", "review", "relearning"}
    found = [[card["stability"], card["difficulty"]] for card in ours]
    np.testing.assert_allclose(found, numbers, rtol=1e-6, atol=0)
    assert [card["due"] for card in ours] == list(due)
    assert [card["phase"] for card in ours] == list(phases)
    assert [card["step"] for card in ours] == list(steps)


def test_its_chance_of_recall_is_that_of_fsrs(scheduler):
    theirs, days = Scheduler(), [0, 0.5, 1, 3, 10, 100, 1000]
    for stability in (0.01, 1.0, 8.3, 400.0):
        card = Card(due=START, stability=stability, difficulty=5.0, last_review=START)
        for day in days:
            now = START + timedelta(days=day)
            seen = {"stability": stability, "reviewed": milliseconds(START)}
            call = "([card, now]) => study.scheduler.recall(card, now)"
            chance = scheduler.evaluate(call, [seen, milliseconds(now)])
            expected = theirs.get_card_retrievability(card, now)
            assert chance == pytest.approx(expected, rel=1e-9)
