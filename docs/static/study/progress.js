// Progress: of each chapter's cards, how many were seen, are due and are known.
"use strict";

{
  const { element, show, plural } = window.study.elements;
  const { store, cards, transfer } = window.study;
  const COLUMNS = ["Chapter", "Cards", "Seen", "Due", "Known", "Next due"];

  const form = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

  // Known: past the short steps, and not due, so that the chance to recall it is high.
  const isKnown = ({ phase, due }, now) => phase === "review" && due > now;

  function counted(chosen, now) {
    const seen = chosen.map(cards.record).filter(Boolean);
    const due = seen.filter((record) => record.due <= now).length;
    const known = seen.filter((record) => isKnown(record, now)).length;
    const next = Math.min(...seen.map((record) => record.due));
    const when = !seen.length ? "–" : next <= now ? "now" : form.format(next);
    return [chosen.length, seen.length, due, known, when];
  }

  function row(title, chosen, now) {
    const cells = counted(chosen, now).map((value) => element("td", {}, String(value)));
    return element("tr", {}, element("th", { scope: "row" }, title), ...cells);
  }

  function table() {
    const now = Date.now();
    const head = COLUMNS.map((title) => element("th", { scope: "col" }, title));
    const rows = cards.groups.map(({ title, cards: its }) => row(title, its, now));
    rows.push(row("All", cards.all, now));
    const made = element("table", { class: "study-progress" });
    made.append(element("thead", {}, element("tr", {}, ...head)));
    made.append(element("tbody", {}, ...rows));
    // Wide as it is, it scrolls in itself: with the keyboard too.
    const label = { role: "region", "aria-label": "Progress by chapter", tabindex: 0 };
    return element("div", { ...label, class: "study-scroll" }, made);
  }

  function lastResults() {
    const { tests, matches } = store.state;
    const scores = tests.slice(-5).map(({ right, of }) => `${right}/${of}`);
    const best = Math.min(...matches.map(({ seconds }) => seconds)).toFixed(1);
    const tested = scores.length ? `Last practice tests: ${scores.join(", ")}. ` : "";
    const played = matches.length
      ? `Best time of ${plural(matches.length, "match game")}: ${best} s.`
      : "";
    return element("p", {}, tested + played);
  }

  const meaning =
    "Known means: past its first minutes and not due. By the scheduler's estimate you " +
    "recall such a card with a chance of about 90 % or more.";

  function open(place) {
    const note = element("p", { class: "study-note" }, meaning);
    const controls = transfer.controls(() => open(place));
    show(place, table(), note, lastResults(), controls);
  }

  window.study.modes.progress = { open };
}
