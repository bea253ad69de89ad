"""The PDF: the pages of the EPUB, with formulas set by MathJax, printed by Chromium."""

import pikepdf
from editions import chromium, one_page

# The glyphs have no text of their own, so each formula says its TeX.
_SET_FORMULAS = """async () => {
  const texts = [...document.querySelectorAll("math")]
    .map((formula) => formula.getAttribute("alttext"));
  await MathJax.typesetPromise();
  document.querySelectorAll("mjx-container").forEach((formula, place) => {
    formula.setAttribute("role", "img");
    formula.setAttribute("aria-label", texts[place]);
  });
  await document.fonts.ready;
  return document.querySelectorAll("mjx-merror").length;
}"""
_CONFIGURE = """window.MathJax = {
  startup: { typeset: false },
  options: { enableMenu: false, enableAssistiveMml: false },
}"""


def write(folder, file, title, author):
    """Prints the EPUB that lies unpacked in a folder.

    Raises:
        RuntimeError: if MathJax could not set a formula.
    """
    joined = folder / "one_page.xhtml"
    joined.write_text(one_page.join(folder, title), encoding="utf-8")
    with chromium.page() as page:
        page.set_default_timeout(600_000)
        page.goto(joined.as_uri())
        page.evaluate(_CONFIGURE)
        chromium.load_mathjax(page)
        if wrong := page.evaluate(_SET_FORMULAS):
            raise RuntimeError(f"MathJax could not set {wrong} formulas.")
        page.pdf(path=file, prefer_css_page_size=True, outline=True, tagged=True)
    joined.unlink()
    _finish(file, author)


def _finish(file, author):
    """Names the author, shows the outline, and packs the file to less than half."""
    with pikepdf.open(file, allow_overwriting_input=True) as book:
        book.docinfo["/Author"] = author
        book.Root.PageMode = pikepdf.Name.UseOutlines
        book.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        book.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
