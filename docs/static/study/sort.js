// Sort: cards into known and unknown ones; the unknown come again until none is left.
"use strict";

{
  const { element, button, link, written, show, say, plural } = window.study.elements;
  const { store, cards } = window.study;
  let place;
  let chosen;

  const piles = () => store.state.sorting;
  const keep = (part) => store.change({ sorting: { ...part, at: Date.now() } });

  // A card that the book no longer has falls out of the piles.
  function current() {
    const { waiting = [] } = piles() ?? {};
    return waiting.map((id) => cards.byId.get(id)).find(Boolean);
  }

  function begin() {
    keep({ waiting: chosen.map(({ id }) => id), again: [], known: [] });
    draw(true);
  }

  function put(pile) {
    const card = current();
    const { waiting, ...others } = piles();
    const left = waiting.slice(waiting.indexOf(card.id) + 1);
    const next = { ...others, [pile]: [...others[pile], card.id] };
    if (left.length) keep({ ...next, waiting: left });
    else keep({ ...next, waiting: next.again, again: [] });
    draw(true);
    say(pile === "known" ? "Known." : "Unknown: it comes again.");
  }

  function reveal() {
    const { back, url } = current();
    const holder = place.querySelector(".study-holder");
    const source = element("p", { class: "study-source" }, link("In the book", url));
    const answer = written("div", back, { class: "study-back", tabindex: -1 });
    show(holder, answer, source);
    place.querySelector("[name=reveal]").remove();
    answer.focus();
  }

  function counts() {
    const { waiting, again, known } = piles();
    const [left, open] = [`${waiting.length} to sort`, `${again.length} unknown`];
    const text = `${left}, ${open}, ${known.length} known`;
    return element("p", { class: "study-position" }, text);
  }

  function face({ title, front }) {
    const name = { "aria-labelledby": "sort-front" };
    const group = element("p", { class: "study-group" }, title);
    const text = element("p", { class: "study-front", id: "sort-front" }, front);
    const holder = element("div", { class: "study-holder" });
    const attributes = { class: "study-card", tabindex: -1, ...name };
    return element("article", attributes, group, text, holder);
  }

  function actions() {
    const all = [
      button("Show the answer", reveal, { name: "reveal" }),
      button("← Unknown", () => put("again")),
      button("Known →", () => put("known")),
    ];
    return element("div", { class: "study-actions" }, ...all);
  }

  const startAgain = (label) => element("p", {}, button(label, begin));

  function finished() {
    const { known } = piles();
    const heading = element("h2", { tabindex: -1, class: "study-score" }, "None left");
    const text = element("p", {}, `You know ${plural(known.length, "card")}.`);
    return [heading, text, startAgain("Sort the chosen cards again")];
  }

  function draw(focused = false) {
    const card = current();
    if (card) show(place, counts(), face(card), actions(), startAgain("Start again"));
    else if (piles()) show(place, ...finished());
    else show(place, startAgain(`Sort ${plural(chosen.length, "card")}`));
    if (focused) place.querySelector("[tabindex='-1']")?.focus();
  }

  function open(where, which) {
    [place, chosen] = [where, which];
    draw();
  }

  function key(event) {
    const pile = { ArrowLeft: "again", ArrowRight: "known" }[event.key];
    const onControl = event.target.closest("button, a");
    if (!current() || event.altKey || event.ctrlKey || event.metaKey) return;
    if (pile) put(pile);
    else if ([" ", "Enter"].includes(event.key) && !onControl)
      place.querySelector("[name=reveal]")?.click();
    else return;
    event.preventDefault();
  }

  window.study.modes.sort = { open, key };
}
