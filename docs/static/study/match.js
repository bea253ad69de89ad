// Match: six terms to their six definitions, against the clock.
"use strict";

{
  const { element, button, phrase, show, say, plural } = window.study.elements;
  const { store, cards } = window.study;
  const { generator, shuffled, newSeed } = window.study.random;
  const PAIRS = 6;
  let timer;

  function piece(kind, label, term, choose) {
    const data = { "data-kind": kind, "data-term": term };
    const made = button(label, () => choose(made), {
      ...data,
      "aria-pressed": "false",
    });
    made.classList.add("study-piece");
    return made;
  }

  class Game {
    constructor(place) {
      Object.assign(this, { place, mistakes: 0, begun: null, chosen: null });
      const random = generator(newSeed());
      this.terms = shuffled(cards.deck.terms, random).slice(0, PAIRS);
      this.left = this.terms.length;
      this.definitions = shuffled(this.terms, random);
    }

    draw() {
      const choose = (made) => this.choose(made);
      const terms = this.terms.map(({ term }) => piece("term", term, term, choose));
      const definitions = this.definitions.map((item) =>
        piece("definition", phrase(item.definition), item.term, choose),
      );
      const column = (label, all) =>
        element("div", { role: "group", "aria-label": label }, ...all);
      const columns = [column("Terms", terms), column("Definitions", definitions)];
      this.clock = element("p", { class: "study-position" }, "The clock is at 0 s.");
      const board = element("div", { class: "study-board" }, ...columns);
      show(this.place, this.clock, board);
    }

    seconds() {
      return this.begun === null ? 0 : (Date.now() - this.begun) / 1000;
    }

    // The clock begins with the first choice.
    start() {
      if (this.begun !== null) return;
      this.begun = Date.now();
      clearInterval(timer);
      timer = setInterval(() => this.tick(), 1000);
    }

    tick() {
      if (!this.clock.isConnected) clearInterval(timer);
      this.clock.textContent = `The clock is at ${Math.floor(this.seconds())} s.`;
    }

    press(made, pressed) {
      made.setAttribute("aria-pressed", pressed);
    }

    // A second piece of the same kind replaces the first; the same one is put back.
    choose(made) {
      this.start();
      const before = this.chosen;
      if (before) this.press(before, false);
      this.chosen = null;
      if (before === made) return;
      if (before && before.dataset.kind !== made.dataset.kind) {
        this.compare(before, made);
      } else {
        this.chosen = made;
        this.press(made, true);
      }
    }

    compare(one, other) {
      if (one.dataset.term !== other.dataset.term) {
        this.mistakes += 1;
        say("Not a pair.");
        this.flash([one, other]);
        return;
      }
      this.left -= 1;
      for (const each of [one, other]) {
        each.replaceWith(this.matched(each));
      }
      say(`A pair. ${this.left} to go.`);
      if (!this.left) this.finish();
      else this.focusNext();
    }

    matched(each) {
      const still = element("div", { class: "study-piece study-matched" }, "✓ ");
      still.append(...each.childNodes);
      return still;
    }

    focusNext() {
      this.place.querySelector("button.study-piece")?.focus();
    }

    flash(pieces) {
      for (const each of pieces) {
        each.classList.add("study-mismatch");
        setTimeout(() => each.classList.remove("study-mismatch"), 800);
      }
    }

    finish() {
      clearInterval(timer);
      const seconds = this.seconds();
      const result = { at: Date.now(), seconds, mistakes: this.mistakes };
      const matches = [...store.state.matches, result].slice(-100);
      store.change({ matches });
      const best = Math.min(...matches.map((each) => each.seconds));
      const time = `${seconds.toFixed(1)} s`;
      const text = `All pairs in ${time}, ${plural(this.mistakes, "mistake")}.`;
      const heading = element("h2", { tabindex: -1, class: "study-score" }, text);
      const record = element("p", {}, `Your best time is ${best.toFixed(1)} s.`);
      const again = button("Another game", () => open(this.place, null, true));
      show(this.place, heading, record, again);
      heading.focus();
      say(text);
    }
  }

  function open(place, _, focused = false) {
    clearInterval(timer);
    if (cards.deck.terms.length < 2)
      return show(place, element("p", {}, "There is no glossary to match yet."));
    const game = new Game(place);
    game.draw();
    if (focused) game.focusNext();
  }

  window.study.modes.match = { open };
}
