// Flashcards: all chosen cards once through, the due ones first.
"use strict";

{
  const { element, button, plural } = window.study.elements;
  const { cards } = window.study;
  const { Review } = window.study.review;

  class Session {
    constructor(chosen, again) {
      this.waiting = cards.inOrder(chosen, Date.now());
      this.done = 0;
      this.again = again;
    }

    get current() {
      return this.waiting[0];
    }

    position() {
      return `${this.done} done, ${this.waiting.length} to go`;
    }

    // A forgotten card comes once more.
    rated(card, rating) {
      this.waiting.shift();
      if (rating === 1) this.waiting.push(card);
      else this.done += 1;
    }

    undone(card, rating) {
      if (rating === 1) this.waiting.splice(this.waiting.lastIndexOf(card), 1);
      else this.done -= 1;
      this.waiting = [card, ...this.waiting.filter((other) => other !== card)];
    }

    skipped() {
      this.waiting.push(this.waiting.shift());
    }

    end() {
      const text = `You went through ${plural(this.done, "card")}.`;
      const heading = element("h2", { tabindex: -1 }, "All done");
      return [heading, element("p", {}, text), button("Once more", this.again)];
    }
  }

  let review;

  function open(place, chosen, focused = false) {
    const session = new Session(chosen, () => open(place, chosen, true));
    review = new Review(place, session, true);
    review.draw(focused);
  }

  const key = (event) => review?.key(event);
  window.study.modes = { flashcards: { open, key } };
}
