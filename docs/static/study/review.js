// Shows one card after the other, and passes the reader's ratings to the scheduler.
"use strict";

{
  const { element, button, cardFace, turn, show, say, plural } = window.study.elements;
  const { scheduler, store, cards } = window.study;
  const RATINGS = ["Again", "Hard", "Good", "Easy"];

  // A span of time in its largest unit.
  function duration(milliseconds) {
    const minutes = Math.max(0, milliseconds / 60e3);
    const [days, hours] = [minutes / 1440, minutes / 60];
    if (days >= 365) return `${(days / 365).toFixed(1)} years`;
    if (days >= 1) return plural(Math.round(days), "day");
    if (hours >= 1) return plural(Math.round(hours), "hour");
    return `${Math.ceil(minutes)} min`;
  }

  // One sitting. The session says which card is `current`; it is told of each rating
  // and of each one taken back.
  class Review {
    constructor(place, session, skip) {
      Object.assign(this, { place, session, skip, open: false, past: [] });
    }

    // Focus follows only what the reader does here, not the opening of the page.
    draw(focused = false) {
      const { current } = this.session;
      this.open = false;
      if (!current) show(this.place, ...this.session.end(), this.undoButton());
      else show(this.place, this.position(), this.face(), this.actions());
      if (focused) this.place.querySelector("[tabindex='-1']")?.focus();
    }

    position() {
      return element("p", { class: "study-position" }, this.session.position());
    }

    face() {
      return cardFace(this.session.current, `${this.place.id}-front`);
    }

    actions() {
      const primary = { class: "btn btn-primary" };
      const reveal = button("Show the answer", () => this.reveal(), primary);
      const skip = this.skip && button("Skip", () => this.pass());
      const all = [reveal, skip, this.undoButton()].filter(Boolean);
      return element("div", { class: "study-actions" }, ...all);
    }

    undoButton() {
      return this.past.length ? button("Undo", () => this.undo()) : "";
    }

    reveal() {
      this.open = true;
      const face = this.place.querySelector(".study-card");
      const answer = turn(face, this.session.current);
      this.place.querySelector(".study-actions").replaceWith(this.ratings());
      answer.focus();
    }

    ratings() {
      const now = Date.now();
      const before = cards.record(this.session.current);
      const choices = RATINGS.map((name, place) => {
        const { due } = scheduler.review(before, place + 1, now);
        const key = element("kbd", { "aria-hidden": true }, String(place + 1));
        const label = element("span", {}, key, ` ${name}`);
        const wait = element("small", {}, duration(due - now));
        const rate = () => this.rate(place + 1);
        return button([label, " ", wait], rate, { "data-rating": place + 1 });
      });
      const attributes = { class: "study-ratings", role: "group" };
      const all = { ...attributes, "aria-label": "How well did you know it?" };
      return element("div", all, ...choices);
    }

    rate(rating) {
      const card = this.session.current;
      const [before, now] = [cards.record(card), Date.now()];
      const after = scheduler.review(before, rating, now);
      this.past.push({ card, before, rating });
      store.changeCard(card.id, after);
      this.session.rated(card, rating);
      this.draw(true);
      say(`${RATINGS[rating - 1]}: it comes back in ${duration(after.due - now)}.`);
    }

    undo() {
      const last = this.past.pop();
      if (!last) return;
      store.changeCard(last.card.id, last.before);
      this.session.undone(last.card, last.rating);
      this.draw(true);
      say("The last rating is taken back.");
    }

    pass() {
      this.session.skipped();
      this.draw(true);
    }

    // Only while the focus is in this sitting, so that no key is taken from the page.
    key(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const onControl = event.target.closest("button, a, input, select, summary");
      const reveals = [" ", "Enter"].includes(event.key) && !onControl && !this.open;
      const rates = this.open && /^[1-4]$/.test(event.key);
      if (!this.place.querySelector(".study-card")) return;
      if (reveals) this.reveal();
      else if (rates) this.rate(Number(event.key));
      else if (event.key === "u") this.undo();
      else return;
      event.preventDefault();
    }
  }

  window.study.review = { Review, RATINGS, duration };
}
