// Export, import and clear the reader's state.
"use strict";

{
  const { element, button, find, say, download, plural } = window.study.elements;
  const { store, state } = window.study;

  const WARNING =
    "Forget all reviews, results and piles in this browser? Only an exported file " +
    "brings them back.";

  function exportFile() {
    const day = new Date().toISOString().slice(0, 10);
    download(`dlbook-study-${day}.json`, JSON.stringify(store.state, null, 1));
    say("The file is on its way to your downloads.");
  }

  // What came is shown as text and never read as HTML.
  function answer(place, text) {
    place.replaceChildren(text);
    say(text);
  }

  function read(text) {
    try {
      return state.check(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new TypeError(`the file is no JSON (${error.message})`);
    }
  }

  async function importFile(file, refresh) {
    try {
      const merged = state.merge(store.state, read(await file.text()));
      store.change(merged.state);
      refresh();
      const taken = plural(merged.taken, "card");
      return `Imported: ${taken} with a newer review than yours.`;
    } catch (error) {
      return `Nothing was imported, and yours is as it was: ${error.message}`;
    }
  }

  function clear(refresh) {
    if (!window.confirm(WARNING)) return;
    store.change(state.empty());
    refresh();
    say("All is forgotten.");
  }

  function controls(refresh) {
    const said = element("p", { class: "study-imported" });
    const change = async ({ target }) => {
      const text = await importFile(target.files[0], refresh);
      // The panel was drawn anew, with another field.
      answer(find(".study-imported"), text);
      find("[name=import]").focus();
    };
    const accept = ".json,application/json";
    const file = element("input", { type: "file", name: "import", accept, change });
    const all = [
      button("Export", exportFile),
      element("label", { class: "study-file" }, "Import ", file),
      button("Clear everything", () => clear(refresh)),
    ];
    return element("div", {}, element("div", { class: "study-actions" }, ...all), said);
  }

  window.study.transfer = { controls };
}
