// The page of all questions: its groups are the parts of the book.
"use strict";

{
  const groups = [...document.querySelectorAll("section.questions")].map((part) => {
    const items = [...part.querySelectorAll("section.question")];
    const name = part.querySelector("h2").firstChild.textContent;
    const show = (kept, { verdict }) => {
      part.hidden = kept.size === 0;
      for (const item of items) {
        item.hidden = !kept.has(item);
        for (const answer of item.querySelectorAll(".question-popular")) {
          answer.hidden = verdict && !answer.querySelector(`.verdict-${verdict}`);
        }
      }
    };
    return { name, items, show };
  });
  window.filterList(document.querySelector("form.filter"), groups);
}
