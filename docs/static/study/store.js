// Keeps the reader's state in this browser, and never writes over what it cannot read.
"use strict";

{
  const KEY = "dlbook.study";
  const { empty, check } = window.study.state;
  const troubles = []; // What the reader has to know: {text, copy}.
  let state = empty();
  let kept = browserStorage();

  function browserStorage() {
    try {
      return window.localStorage;
    } catch {
      return null; // Refused by the reader's settings.
    }
  }

  const LOST =
    "This browser keeps nothing for this page, so your answers are gone when you " +
    "leave it. Export them under Progress before you do.";

  function giveUp() {
    kept = null;
    if (!troubles.some(({ text }) => text === LOST)) troubles.push({ text: LOST });
    window.study.elements.showTroubles();
  }

  // Puts what cannot be read aside, under a key of its own.
  function putAside(raw, reason) {
    const key = `${KEY}.copy.${new Date().toISOString()}`;
    kept.setItem(key, raw);
    const text =
      `What this browser kept for this page cannot be read (${reason}) The page ` +
      `begins anew. Nothing is lost: what was there is kept under the name ${key}.`;
    troubles.push({ text, copy: raw });
  }

  function read() {
    const raw = kept.getItem(KEY);
    if (raw === null) return empty();
    try {
      return check(JSON.parse(raw));
    } catch (error) {
      putAside(raw, error.message);
      return empty();
    }
  }

  function save() {
    if (!kept) return;
    try {
      kept.setItem(KEY, JSON.stringify(state));
    } catch {
      giveUp();
    }
  }

  function change(part) {
    state = { ...state, ...part };
    save();
  }

  // No record stands for a card that was never seen.
  function changeCard(id, record) {
    const { [id]: _, ...others } = state.cards;
    change({ cards: record ? { ...others, [id]: record } : others });
  }

  const changeSettings = (part) =>
    change({ settings: { ...state.settings, ...part, at: Date.now() } });

  // Another tab of the same book has written.
  function follow({ key, newValue }) {
    if (key !== KEY || !newValue) return;
    try {
      state = check(JSON.parse(newValue));
    } catch {
      // What cannot be read is not followed; it is put aside when a page next opens.
    }
  }

  function open() {
    try {
      state = read();
      save();
    } catch {
      giveUp();
    }
    if (!kept) giveUp();
    window.addEventListener("storage", follow);
  }

  window.study.store = {
    open,
    change,
    changeCard,
    changeSettings,
    troubles,
    get state() {
      return state;
    },
  };
}
