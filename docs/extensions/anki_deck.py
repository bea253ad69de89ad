"""The questions as cards for other apps: a package for Anki, and a table.

Anki knows a card by its guid, which comes from the question's name, so a newer package
brings new answers and keeps what the reader has learned.
"""

import csv
import html
import io
import json
import re
import zipfile
from pathlib import Path

import genanki
from docutils import nodes
from extensions.question_index import PICTURE

DECK_ID, MODEL_ID = 1_760_412_093, 1_398_770_551  # Drawn once; Anki goes by them.
FOLDER = Path("_static", "downloads")
_IMAGES = "../_images/"  # As seen from the page that the cards are taken from.
MODEL = genanki.Model(
    MODEL_ID,
    "dlbook question",
    fields=[{"name": "Question"}, {"name": "Answer"}],
    templates=[
        {
            "name": "Question and answer",
            "qfmt": '<div class="question">{{Question}}</div>',
            "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}",
        }
    ],
    css=".card { font: 20px/1.5 sans-serif; max-width: 40em; margin: auto; }\n"
    ".question { font-weight: bold; }\n.verdict { font-weight: bold; }\n"
    # Figures are drawn in dark ink on nothing, and Anki may have a dark page.
    "img { width: 100%; background: white; }\n"
    ".question-figure p { font-size: 0.8em; }\n",
)


class Note(genanki.Note):
    """A note that is the same whenever its question has the same name."""

    @property
    def guid(self):
        return genanki.guid_for("dlbook", self.question)


def notes(deck):
    """A note for each question, with what is often said behind its answer."""
    titles = {chapter["name"]: chapter["title"] for chapter in deck["chapters"]}
    for question in deck["questions"]:
        back = question["answer"] + "".join(map(_saying, question["popular"]))
        back += f"<p><i>dlbook: {html.escape(titles[question['chapter']])}</i></p>"
        fields = [html.escape(question["question"]), _without_page(back)]
        note = Note(model=MODEL, fields=fields, tags=_tags(question))
        note.question = question["id"]
        yield note


def _saying(popular):
    verdict = f'<b class="verdict">{popular["verdict"]}</b>'
    said = f"<p>“{html.escape(popular['text'])}” {verdict}</p>"
    return f"<hr>{said}{popular['explanation']}"


def _without_page(text):
    """Without links and marks, which mean something on the book's own pages only."""
    text = re.sub(r"</?(a|span)\b[^>]*>", "", text)
    return text.replace(f'src="{_IMAGES}', 'src="')  # Anki's media are in one folder.


def _tags(question):
    chapter = question["chapter"].partition("_")[2]  # Its number may change.
    return [f"part::{nodes.make_id(question['part'])}", f"chapter::{chapter}"]


def table(found):
    """The notes as comma-separated values, in plain text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["front", "back", "tags"])
    for note in found:
        fields = map(_plain, note.fields)
        writer.writerow([*fields, " ".join(note.tags)])
    return text.getvalue()


def _plain(text):
    text = re.sub(rf'<div class="{PICTURE}.*?</div>', "", text, flags=re.S)
    lines = re.sub(r"\s+", " ", text).replace("</p>", "\n").replace("<hr>", "\n")
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()


def _images(found):
    """The names of the files that the notes show."""
    return re.findall(r'<img [^>]*src="([^"]+)"', "".join(n.fields[1] for n in found))


def _media(package):
    with zipfile.ZipFile(package) as archive:
        return set(json.loads(archive.read("media")).values())


def write(app, deck):
    """Writes both files, if a card is not what it was.

    Anki takes a note in place of one that is older, so the package says when its cards
    changed, and not when the book was built last.
    """
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    found = list(notes(deck))
    package, values = folder / "dlbook.apkg", folder / "dlbook.csv"
    text, images = table(found), set(_images(found))
    written = package.exists() and (values.read_text("utf-8"), _media(package))
    if written == (text, images):
        return
    cards = genanki.Deck(DECK_ID, "dlbook: interview questions")
    for note in found:
        cards.add_note(note)
    media = [Path(app.outdir, "_images", name) for name in sorted(images)]
    genanki.Package(cards, media).write_to_file(package)
    values.write_text(text, encoding="utf-8")


def setup(app):
    app.setup_extension("extensions.deck")
    app.connect("deck-made", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
