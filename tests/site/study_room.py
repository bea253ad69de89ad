"""Opens the study room in a tab, and reads what it keeps."""

import json

KEY = "dlbook.study"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


class StudyRoom:
    """The page of the built book, in one tab."""

    def __init__(self, site, tab):
        self.tab = tab
        self.address = f"{site}/docs/study.html"

    def open(self, mode="flashcards"):
        """Opens the page anew: a mere change of what follows # would load nothing."""
        self.tab.goto("about:blank")
        self.tab.goto(f"{self.address}#{mode}")
        self.tab.evaluate("window.MathJax.startup.promise")
        return self.panel(mode)

    def panel(self, mode):
        return self.tab.locator(f"#study [role=tabpanel]#{mode}")

    @property
    def deck(self):
        return self.tab.evaluate("window.dlbookDeck")

    @property
    def state(self):
        return json.loads(self.tab.evaluate(f"localStorage['{KEY}']"))

    def write(self, raw):
        """Puts a text where the page will look for its state."""
        self.tab.evaluate("([key, raw]) => { localStorage[key] = raw }", [KEY, raw])

    def click(self, name, **options):
        self.tab.locator("#study").get_by_role("button", name=name, **options).click()

    def put_in(self, text):
        """Imports a text as a file, and returns what the page says of it."""
        file = {"name": "study.json", "mimeType": "application/json"}
        self.tab.set_input_files("[name=import]", {**file, "buffer": text.encode()})
        said = self.tab.locator(".study-imported")
        said.filter(has_text="mported").wait_for()
        return said.inner_text()

    def fits(self):
        return self.tab.evaluate(FITS)


def record(**changed):
    """What is kept of a card that was seen once."""
    kept = {"phase": "review", "step": None, "stability": 5.5, "difficulty": 4.25}
    return {**kept, "due": 500_000_000, "reviewed": 1000, "first": 1000, **changed}


def state(cards, **changed):
    """What is kept of a reader."""
    settings = {"at": 1, "newPerDay": 7, "selection": "all"}
    others = {"settings": settings, "tests": [], "matches": [], "sorting": None}
    return {"version": 1, "cards": cards, **others, **changed}
