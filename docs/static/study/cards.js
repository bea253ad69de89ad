// The deck's cards, which of them the reader has chosen, and in what order they come.
"use strict";

{
  const nothing = { chapters: [], questions: [], claims: [], terms: [] };
  const deck = { ...nothing, ...window.dlbookDeck };
  const chapters = new Map(deck.chapters.map((chapter) => [chapter.name, chapter]));
  const GLOSSARY = "Glossary";
  const AHEAD = 20 * 60e3; // Who waits for nothing else sees a card so much earlier.

  const ofQuestion = ({ id, question, part, chapter, url, answer }) => ({
    id: `question:${id}`,
    group: chapter,
    part,
    title: chapters.get(chapter)?.title ?? chapter,
    front: question,
    back: answer,
    url,
  });

  const ofTerm = ({ term, definition, url }) => ({
    id: `term:${term}`,
    group: GLOSSARY,
    part: GLOSSARY,
    title: GLOSSARY,
    front: term,
    back: definition,
    url,
  });

  const all = [...deck.questions.map(ofQuestion), ...deck.terms.map(ofTerm)];
  const byId = new Map(all.map((card) => [card.id, card]));
  const unique = (values) => [...new Set(values)];

  // What can be chosen: a value, what it is called, and the cards.
  const groups = unique(all.map(({ group }) => group)).map((group) => {
    const cards = all.filter((card) => card.group === group);
    const [{ part, title }] = cards;
    return { value: `chapter:${group}`, part, title, cards };
  });
  const parts = unique(all.map(({ part }) => part)).map((part) => {
    const cards = all.filter((card) => card.part === part);
    return { value: `part:${part}`, part, title: `All of ${part}`, cards };
  });

  function chosen(selection) {
    const found = [...parts, ...groups].find(({ value }) => value === selection);
    return found ? found.cards : all;
  }

  const records = () => window.study.store.state.cards;
  const record = (card) => records()[card.id];
  const seen = (card) => Boolean(record(card));
  const byDue = (one, other) => record(one).due - record(other).due;

  function dueBy(cards, time) {
    return cards.filter((card) => seen(card) && record(card).due <= time).sort(byDue);
  }

  // How many new cards may still be shown today.
  function newToday(now) {
    const midnight = new Date(now).setHours(0, 0, 0, 0);
    const begun = Object.values(records()).filter(({ first }) => first >= midnight);
    return Math.max(0, window.study.store.state.settings.newPerDay - begun.length);
  }

  // The due cards, the new ones of today, and those due within minutes.
  function queue(cards, now) {
    const due = dueBy(cards, now);
    const fresh = cards.filter((card) => !seen(card)).slice(0, newToday(now));
    const soon = dueBy(cards, now + AHEAD).filter((card) => record(card).due > now);
    return { due, fresh, soon, next: due[0] ?? fresh[0] ?? soon[0] };
  }

  // All cards: the due ones, the new ones, the others.
  function inOrder(cards, now) {
    const due = dueBy(cards, now);
    const fresh = cards.filter((card) => !seen(card));
    return [...due, ...fresh, ...dueBy(cards, Infinity).slice(due.length)];
  }

  const reading = { deck, all, byId, groups, parts, chosen };
  window.study.cards = { ...reading, record, queue, inOrder, dueBy };
}
