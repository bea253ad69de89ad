// Learn: what is due, then the new cards of today, then a summary.
"use strict";

{
  const { element, button, show, plural } = window.study.elements;
  const { cards, store } = window.study;
  const { Review, RATINGS, duration } = window.study.review;

  class Session {
    constructor(chosen, again) {
      Object.assign(this, { chosen, again, ratings: [], begun: Date.now() });
      this.advance();
    }

    advance() {
      this.current = cards.queue(this.chosen, Date.now()).next;
    }

    position() {
      const { due, fresh, soon } = cards.queue(this.chosen, Date.now());
      return `${due.length} due, ${fresh.length} new, ${soon.length} again soon`;
    }

    rated(card, rating) {
      this.ratings.push(rating);
      this.advance();
    }

    undone(card) {
      this.ratings.pop();
      this.current = card;
    }

    summary() {
      const counts = RATINGS.map((name, place) => {
        const count = this.ratings.filter((rating) => rating === place + 1).length;
        return `${count} ${name.toLowerCase()}`;
      });
      const time = duration(Date.now() - this.begun);
      const total = plural(this.ratings.length, "answer");
      return `${total} in ${time}: ${counts.join(", ")}.`;
    }

    end() {
      const heading = element("h2", { tabindex: -1 }, "Done for now");
      const summary = element("p", { class: "study-summary" }, this.summary());
      const back = button("Back to the start", this.again);
      return [heading, summary, element("p", {}, comesNext(this.chosen)), back];
    }
  }

  // When the next card is due, and whether new ones wait for tomorrow.
  function comesNext(chosen) {
    const fresh = chosen.filter((card) => !cards.record(card)).length;
    const [first] = cards.dueBy(chosen, Infinity);
    const tomorrow = fresh ? ` ${plural(fresh, "new card")} left for other days.` : "";
    if (!first) return `No card has been seen yet.${tomorrow}`;
    const wait = duration(cards.record(first).due - Date.now());
    return `The next card is due in ${wait}.${tomorrow}`;
  }

  function limit(place, chosen) {
    const { newPerDay } = store.state.settings;
    const attributes = { type: "number", name: "new-per-day", min: 0, max: 1000 };
    const change = ({ target }) => {
      if (!target.reportValidity() || target.value === "") return;
      store.changeSettings({ newPerDay: target.valueAsNumber });
      place.querySelector(".study-waiting").textContent = waiting(chosen);
    };
    const field = { ...attributes, value: newPerDay, required: "", change };
    return element("label", {}, "New cards a day ", element("input", field));
  }

  function waiting(chosen) {
    const { due, fresh, soon } = cards.queue(chosen, Date.now());
    const seen = due.length + soon.length;
    return seen + fresh.length
      ? `${plural(seen, "card")} due, ${fresh.length} new.`
      : `Nothing to learn now. ${comesNext(chosen)}`;
  }

  let review = null;

  function begin(place, chosen) {
    if (!cards.queue(chosen, Date.now()).next) return;
    const session = new Session(chosen, () => open(place, chosen, true));
    review = new Review(place, session, false);
    review.draw(true);
  }

  function open(place, chosen, focused = false) {
    review = null;
    const counts = element("p", { class: "study-waiting" }, waiting(chosen));
    const primary = { class: "btn btn-primary" };
    const start = button("Begin", () => begin(place, chosen), primary);
    const row = element("div", { class: "study-actions" }, start, limit(place, chosen));
    show(place, counts, row);
    if (focused) start.focus();
  }

  window.study.modes.learn = { open, key: (event) => review?.key(event) };
}
