"""The questions for other apps: a package for Anki, and a table."""

import csv
import json
import re
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

from building import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from extensions import anki_deck

MYST = re.compile(r"\{[a-z:]+\}`|:::|\*\*|\$|\]\(|<(a|span)\b")
DOWNLOADS = "_static/downloads"


def _notes(package):
    with zipfile.ZipFile(package) as archive:
        data = archive.read("collection.anki2")
    with closing(sqlite3.connect(":memory:")) as collection:
        collection.deserialize(data)
        (cards,) = collection.execute("select count(*) from cards").fetchone()
        notes = collection.execute("select guid, mid, tags, flds from notes").fetchall()
    assert cards == len(notes)
    return notes


def _media(package):
    with zipfile.ZipFile(package) as archive:
        names = json.loads(archive.read("media"))
        return {name: archive.read(number) for number, name in names.items()}


def test_the_package_holds_a_note_for_each_question(book, deck):
    package, shown = book.html / DOWNLOADS / "dlbook.apkg", set()
    notes = _notes(package)
    assert len(notes) == len(deck["questions"]) > 10
    fields = [flds.split("\x1f") for _, _, _, flds in notes]
    for (front, back), question in zip(fields, deck["questions"], strict=True):
        assert front == question["question"]
        assert not MYST.search(front + back), question["id"]
        shown |= set(re.findall(r'<img [^>]*src="([^"]+)"', back))
        assert back.count("\\(") == back.count("\\)")
        for answer in question["popular"]:
            assert f"{answer['verdict']}</b>" in back
    assert any("\\(" in back for _, back in fields)
    assert len(shown) > 40
    assert _media(package).keys() == shown
    for name, picture in _media(package).items():
        assert picture == (book.html / "_images" / name).read_bytes()


def test_tags_name_the_part_and_the_chapter(book, deck):
    notes = _notes(book.html / DOWNLOADS / "dlbook.apkg")
    for (_, _, tags, _), question in zip(notes, deck["questions"], strict=True):
        part, chapter = tags.split()
        assert part.startswith("part::")
        assert question["chapter"].endswith(chapter.removeprefix("chapter::"))


def test_the_table_holds_the_same_cards_as_plain_text(book, deck):
    text = (book.html / DOWNLOADS / "dlbook.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    assert [row["front"] for row in rows] == [q["question"] for q in deck["questions"]]
    for row in rows:
        assert not MYST.search(row["back"])
        assert not re.search(r"</?(p|b|i|em|hr|div)\b|&(lt|gt|amp);", row["back"])


def test_a_question_keeps_its_guid_when_its_words_change(deck, tmp_path):
    first = _written(deck, tmp_path / "one")
    second = _written(_with_other_words(deck), tmp_path / "two")
    assert [note[:2] for note in first] == [note[:2] for note in second]
    assert all(one[3] != two[3] for one, two in zip(first, second, strict=True))
    assert len({guid for guid, *_ in first}) == len(first)


def _with_other_words(deck):
    questions = [
        question | {"question": "Why not?", "answer": "<p>Because.</p>"}
        for question in deck["questions"]
    ]
    return deck | {"questions": questions}


def _written(deck, folder):
    folder.mkdir(exist_ok=True)
    if not (folder / "_images").exists():
        (folder / "_images").symlink_to(ROOT / "build/book/_images")
    anki_deck.write(SimpleNamespace(outdir=folder), deck)
    return _notes(folder / DOWNLOADS / "dlbook.apkg")


def test_the_package_is_as_old_as_its_cards(deck, tmp_path):
    _written(deck, tmp_path)
    package = Path(tmp_path, DOWNLOADS, "dlbook.apkg")
    before = package.read_bytes()
    _written(deck, tmp_path)
    assert package.read_bytes() == before
    _written(_with_other_words(deck), tmp_path)
    assert package.read_bytes() != before
