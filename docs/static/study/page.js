// The page: its tabs, and the choice of cards that they share.
"use strict";

{
  const { element, find, showTroubles } = window.study.elements;
  const { store, cards, modes } = window.study;
  const root = document.querySelector("#study");
  const tabs = [...root.querySelectorAll("[role=tab]")];
  const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
  const choice = find("[name=selection]");
  let current;

  const chosen = () => cards.chosen(choice.value);

  function choose(tab) {
    current = tab;
    for (const each of tabs) {
      const isChosen = each === tab;
      each.setAttribute("aria-selected", isChosen);
      each.tabIndex = isChosen ? 0 : -1;
      panel(each).hidden = !isChosen;
      if (!isChosen) panel(each).replaceChildren();
    }
    const whole = ["match", "progress"].includes(panel(tab).id);
    find(".study-choice").hidden = whole;
    modes[panel(tab).id].open(panel(tab), chosen());
  }

  // The address names the tab, so that it can be linked to.
  function goTo(tab) {
    history.replaceState(null, "", `#${panel(tab).id}`);
    choose(tab);
    tab.focus();
  }

  function move(event) {
    const last = tabs.length - 1;
    const place = tabs.indexOf(current);
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: last };
    if (!(event.key in to)) return;
    goTo(tabs[(to[event.key] + tabs.length) % tabs.length]);
    event.preventDefault();
  }

  const named = () => tabs.find((tab) => `#${panel(tab).id}` === location.hash);

  function option({ value, title, cards: its }) {
    return element("option", { value }, `${title} (${its.length})`);
  }

  function offerChoice() {
    choice.append(option({ value: "all", title: "All cards", cards: cards.all }));
    for (const { value, part, title, cards: its } of cards.parts) {
      const inside = cards.groups.filter((group) => group.part === part);
      const group = element("optgroup", { label: part });
      if (inside.length > 1) group.append(option({ value, title, cards: its }));
      group.append(...inside.map(option));
      choice.append(group);
    }
    choice.value = store.state.settings.selection;
    if (!choice.value) choice.value = "all";
  }

  function changeChoice() {
    store.changeSettings({ selection: choice.value });
    modes[panel(current).id].open(panel(current), chosen());
  }

  function begin() {
    root.hidden = false;
    if (!cards.all.length)
      store.troubles.push({ text: "The deck of cards is missing: build the book." });
    store.open();
    showTroubles();
    offerChoice();
    choice.addEventListener("change", changeChoice);
    for (const tab of tabs) {
      tab.addEventListener("click", () => goTo(tab));
      panel(tab).addEventListener("keydown", (event) =>
        modes[panel(tab).id].key?.(event),
      );
    }
    find("[role=tablist]").addEventListener("keydown", move);
    window.addEventListener("hashchange", () => named() && choose(named()));
    choose(named() ?? tabs[0]);
  }

  begin();
}
