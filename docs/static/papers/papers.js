// The page of papers: its groups are the parts of the book, each with a table.
"use strict";

{
  const groups = [...document.querySelectorAll("section.papers")].map((part) => {
    const items = [...part.querySelectorAll("tbody tr")];
    const name = part.querySelector("h2").firstChild.textContent;
    const show = (kept) => {
      part.hidden = kept.size === 0;
      for (const item of items) item.hidden = !kept.has(item);
    };
    return { name, items, show };
  });
  window.filterList(document.querySelector("form.filter"), groups);
}
