// Sort: cards into known and unknown ones; the unknown come again until none is left.
"use strict";

{
  const { element, button, cardFace, turn, show, say, plural } = window.study.elements;
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
    const answer = turn(place.querySelector(".study-card"), current());
    place.querySelector("[name=reveal]").remove();
    answer.focus();
  }

  function counts() {
    const { waiting, again, known } = piles();
    const [left, open] = [`${waiting.length} to sort`, `${again.length} unknown`];
    const text = `${left}, ${open}, ${known.length} known`;
    return element("p", { class: "study-position" }, text);
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
    const face = card && cardFace(card, "sort-front");
    if (card) show(place, counts(), face, actions(), startAgain("Start again"));
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
