"""The front page: a figure that is computed there, and the map of the chapters."""

import re

import pytest

RATES = [digit * 10**power for power in (-4, -3, -2, -1, 0, 1) for digit in (1, 2, 5)]
ENDS = """([rates]) => {
  const { path, SURFACES } = window.playground;
  const { SURFACE, STEPS, RUNNERS } = window.race;
  const { start, loss, limits } = SURFACES[SURFACE];
  const within = (point) =>
    point.every((value, k) => limits[k][0] < value && value < limits[k][1]);
  return RUNNERS.map((runner) => {
    const ends = rates.map((alpha) => {
      const points = path(
        { surface: SURFACE, mu: 0, rho: 0, start, steps: STEPS, ...runner, alpha });
      const stays = points.length === STEPS + 1 && points.every(within);
      return [alpha, stays ? loss(...points.at(-1)) : Infinity];
    });
    return { alpha: runner.alpha, best: ends.sort((a, b) => a[1] - b[1])[0][0] };
  });
}"""


@pytest.fixture
def front(book, tab):
    tab.emulate_media(reduced_motion="reduce")
    tab.goto((book.html / "docs/index.html").as_uri())
    return tab


def test_each_rule_of_the_figure_has_its_best_rate(front):
    runners = front.evaluate(ENDS, [RATES])
    assert len(runners) == 5
    for runner in runners:
        assert runner["alpha"] == pytest.approx(runner["best"])


def test_who_wants_no_motion_sees_the_end(front):
    assert front.locator(".race-step").inner_text() == "500"
    assert front.locator("#race button").inner_text() == "Play"


def test_the_figure_plays_and_pauses(front):
    button = front.locator("#race button")
    button.click()
    front.wait_for_function("document.querySelector('.race-step').textContent > 3")
    button.click()
    stopped = front.locator(".race-step").inner_text()
    front.wait_for_timeout(200)
    assert front.locator(".race-step").inner_text() == stopped != "500"


def test_the_map_lists_each_chapter_with_its_minutes_and_claims(book, chapters):
    page = book.page("docs/index.html")
    listed = {link["href"]: link for link in page.select(".chapter-map li a")}
    assert set(listed) == {f"../{name}" for name in chapters}
    for href, link in listed.items():
        said = link.find_parent("li").select_one(".chapter-facts").get_text()
        minutes, seconds, claims = map(int, re.findall(r"\d+", said))
        assert 5 < minutes < 60
        assert 1 < seconds < 120
        assert claims == len(chapters[href.removeprefix("../")].select(".claim"))


def test_the_tally_counts_what_the_pages_hold(book, chapters):
    tally = book.page("docs/index.html").select(".tally strong")
    counted = [int(number.get_text().replace(",", "")) for number in tally]
    claims = sum(len(page.select(".claim")) for page in chapters.values())
    cards = sum(len(page.select(".interview-card")) for page in chapters.values())
    assert counted == [len(chapters), claims, cards]


def test_each_chapter_says_how_to_run_it(chapters):
    for name, page in chapters.items():
        box = page.select_one("h1 + details.run-box")
        program = f"{name.removesuffix('.html')}.py"
        assert f".venv/bin/python {program}" in box.get_text(), name
        assert "min to read" in box.summary.get_text()
