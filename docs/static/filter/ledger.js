// The ledger: its groups are the chapters, whose cell spans the rows of their claims.
"use strict";

{
  const groups = [];
  const rows = [...document.querySelectorAll("table.ledger tbody tr")];
  const columns = Math.max(...rows.map((row) => row.cells.length));
  for (const row of rows) {
    if (row.cells.length === columns) {
      const cell = row.cells[0];
      const items = [];
      const name = cell.querySelector("a").textContent;
      groups.push({ name, items, show: shower(cell, items) });
    }
    groups.at(-1).items.push(row);
  }

  // The chapter's cell moves to the first row that stays.
  function shower(cell, items) {
    return (kept) => {
      for (const row of items) row.hidden = !kept.has(row);
      const first = items.find((row) => kept.has(row));
      if (!first) return;
      cell.rowSpan = kept.size;
      first.prepend(cell);
    };
  }

  window.filterList(document.querySelector("form.filter"), groups);
}
