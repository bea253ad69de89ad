"""All pages of the EPUB as one page, to be printed.

Ids and links are made to be the only ones of their name: every page has an `id1`.
"""

import posixpath
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_XHTML = "http://www.w3.org/1999/xhtml"
_NAMES = {"h": _XHTML}
_HEADINGS = {f"{{{_XHTML}}}h{level}": level for level in range(1, 6)}
ElementTree.register_namespace("", _XHTML)
ElementTree.register_namespace("m", "http://www.w3.org/1998/Math/MathML")

HEAD = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><meta charset="utf-8"/>
<title>{title}</title>
<link rel="stylesheet" href="_static/pygments.css"/>
<link rel="stylesheet" href="_static/edition.css"/>
<link rel="stylesheet" href="{style}"/>
</head><body>
<div class="cover"><img src="_static/cover.png" alt=""/></div>
"""


def join(folder, title):
    """The text of the page, whose pictures are those of the EPUB's folder."""
    style = Path(__file__).with_name("print.css").as_uri()
    parts = [HEAD.format(title=escape(title), style=style)]
    for name, hrefs, is_part in contents(folder):
        if is_part:
            parts.append(f'<h1 class="part">{escape(name)}</h1>')
        parts += [_article(folder, href, is_part) for href in hrefs]
    return "\n".join([*parts, "</body></html>"])


def contents(folder):
    """All `(title, files, whether it is a part)`, from the EPUB's own contents."""
    nav = ElementTree.parse(folder / "nav.xhtml").find(".//h:nav", _NAMES)
    for part in nav.findall("h:ol/h:li", _NAMES):
        link = part.find("h:a", _NAMES)
        pages = [page.get("href") for page in part.findall("h:ol/h:li/h:a", _NAMES)]
        yield link.text, pages or [link.get("href")], bool(pages)


def _article(folder, href, shift):
    main = ElementTree.parse(folder / href).find(".//h:main", _NAMES)
    for element in main.iter():
        _rename(element, href)
        if shift and element.tag in _HEADINGS:
            element.tag = f"{{{_XHTML}}}h{_HEADINGS[element.tag] + 1}"
    main.tag, main.attrib = f"{{{_XHTML}}}article", {"id": _slug(href)}
    return ElementTree.tostring(main, "unicode")


def _rename(element, page):
    """Makes an element's id and link good for the whole book."""
    if "id" in element.attrib:
        element.set("id", f"{_slug(page)}--{element.get('id')}")
    if "src" in element.attrib:
        element.set("src", _path(page, element.get("src")))
    href = element.get("href", "")
    if href and ":" not in href:
        path, _, fragment = href.partition("#")
        target = _slug(_path(page, path) if path else page)
        element.set("href", f"#{target}--{fragment}" if fragment else f"#{target}")


def _path(page, relative):
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), relative))


def _slug(href):
    return PurePosixPath(href).stem
