// Narrows a list on the page to the words typed and the values chosen in a form.
"use strict";

{
  // Without case and accents, so that "polya" finds Pólya.
  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{Mark}/gu, "").toLowerCase();

  // What a form asks for: the words, a group's name, a verdict; "" stands for all.
  function wishes(form) {
    const value = (name) => form.elements[name]?.value ?? "";
    const words = plain(value("words")).split(/\s+/).filter(Boolean);
    return { words, group: value("group"), verdict: value("verdict") };
  }

  function fillGroups(select, groups) {
    const known = new Set(groups.map(({ name }) => name));
    select.append(...[...known].map((name) => new Option(name, name)));
  }

  // groups: [{name, items, show(kept)}], where items are elements of the page, and show
  // shows the kept ones and hides the others, given also what was asked for.
  window.filterList = (form, groups) => {
    // Read before MathJax turns formulas, which are words until then, into pictures.
    const texts = new Map(
      groups.flatMap(({ items }) => items).map((i) => [i, plain(i.textContent)]),
    );
    const matches = (item, { words, verdict }) =>
      words.every((word) => texts.get(item).includes(word)) &&
      (!verdict || item.querySelector(`.verdict-${verdict}`) !== null);

    function apply() {
      const asked = wishes(form);
      let found = 0;
      for (const group of groups) {
        const here = !asked.group || asked.group === group.name;
        const kept = group.items.filter((item) => here && matches(item, asked));
        group.show(new Set(kept), asked);
        found += kept.length;
      }
      const what = form.dataset.what;
      form.querySelector("[role=status]").textContent =
        found === texts.size ? `${found} ${what}` : `${found} of ${texts.size} ${what}`;
    }

    // A link to something that is hidden now shows everything again.
    function showTarget() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target?.closest("[hidden]")) return;
      form.reset();
      target.scrollIntoView();
    }

    fillGroups(form.elements.group, groups);
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    // The fields are empty only after this event.
    form.addEventListener("reset", () => setTimeout(apply));
    window.addEventListener("hashchange", showTarget);
    form.hidden = false;
    apply();
  };
}
