"""How far the reader has come, as the chapters and the map remember it."""


def _map_says(tab, served):
    tab.goto(f"{served}/docs/index.html")
    item = tab.locator(".chapter-map li", has=tab.locator("a[href*='12_adam']"))
    return item.locator(".chapter-facts").inner_text()


def _read_to(tab, share):
    tab.evaluate(f"scrollTo(0, {share} * document.documentElement.scrollHeight)")
    tab.wait_for_timeout(300)


def test_the_map_says_how_much_of_a_chapter_was_read(served, tab):
    assert "read ·" in _map_says(tab, served)  # minutes to read
    assert not _map_says(tab, served).endswith("read")
    tab.goto(f"{served}/chapters/12_adam.html")
    _read_to(tab, 0.5)
    width = tab.locator(".reading-bar").evaluate("bar => parseFloat(bar.style.width)")
    assert 30 < width < 80
    _read_to(tab, 0)  # What was read stays read.
    assert _map_says(tab, served).endswith("% read")
    tab.goto(f"{served}/chapters/12_adam.html")
    _read_to(tab, 1)
    assert _map_says(tab, served).endswith("✓ read")
    assert not tab.troubles


def test_a_browser_that_stores_nothing_still_shows_the_line(served, tab):
    forbid = "Storage.prototype.setItem = () => { throw new DOMException('full') }"
    tab.add_init_script(forbid)
    tab.goto(f"{served}/chapters/12_adam.html")
    _read_to(tab, 0.5)
    assert tab.locator(".reading-bar").evaluate("bar => bar.offsetWidth") > 50
