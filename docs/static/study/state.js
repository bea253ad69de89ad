// What the page remembers of its reader, and the check of every field of it.
"use strict";

{
  const VERSION = 1;
  const LONGEST = 8.64e15; // The last time that a Date can tell.
  const { STEPS } = window.study.scheduler;

  const empty = () => ({
    version: VERSION,
    cards: {}, // id → what the scheduler keeps
    settings: { at: 0, newPerDay: 20, selection: "all" },
    tests: [],
    matches: [],
    sorting: null, // the piles of Sort
  });

  function shown(value) {
    const text = JSON.stringify(value) ?? "nothing";
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  function refuse(path, expected, came) {
    throw new TypeError(`${path}: expected ${expected}. Received: ${shown(came)}.`);
  }

  const isRecord = (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value);

  // Each of these makes a check: of a value at a path, returning what is kept of it.
  const number = (low, high) => (value, path) =>
    typeof value === "number" && value >= low && value <= high
      ? value
      : refuse(path, `a number from ${low} to ${high}`, value);
  const whole = (low, high) => (value, path) =>
    Number.isInteger(value) && value >= low && value <= high
      ? value
      : refuse(path, `a whole number from ${low} to ${high}`, value);
  const text = (pattern, meaning) => (value, path) =>
    typeof value === "string" && pattern.test(value)
      ? value
      : refuse(path, meaning, value);
  const orNull = (check) => (value, path) =>
    value === null ? null : check(value, path);

  const list = (check, longest) => (value, path) => {
    if (!Array.isArray(value) || value.length > longest)
      refuse(path, `a list of at most ${longest}`, value);
    return value.map((each, place) => check(each, `${path}[${place}]`));
  };

  const fields = (checks) => (value, path) => {
    if (!isRecord(value)) refuse(path, "an object", value);
    for (const name of Object.keys(value))
      if (!Object.hasOwn(checks, name))
        refuse(path, `the fields ${Object.keys(checks).join(", ")}`, name);
    const kept = ([name, check]) => [name, check(value[name], `${path}.${name}`)];
    return Object.fromEntries(Object.entries(checks).map(kept));
  };

  const table = (checkName, check) => (value, path) => {
    if (!isRecord(value)) refuse(path, "an object", value);
    const kept = ([name, each]) => [
      checkName(name, path),
      check(each, `${path}["${name}"]`),
    ];
    return Object.fromEntries(Object.entries(value).map(kept));
  };

  const time = whole(0, LONGEST);
  const count = whole(0, 1e6);
  const identifier = text(/^(question|term):[^]{1,200}$/, "the name of a card");
  const pile = list(identifier, 10000);

  const card = (value, path) => {
    const kept = fields({
      phase: text(/^(learning|review|relearning)$/, "learning, review or relearning"),
      step: orNull(count),
      stability: number(0.001, 1e9),
      difficulty: number(1, 10),
      due: time,
      reviewed: time,
      first: time,
    })(value, path);
    const steps = STEPS[kept.phase];
    if (!steps && kept.step !== null) refuse(`${path}.step`, "null", kept.step);
    if (steps) whole(0, steps.length - 1)(kept.step, `${path}.step`);
    return kept;
  };

  const wholeState = fields({
    version: whole(VERSION, VERSION),
    cards: table(identifier, card),
    settings: fields({
      at: time,
      newPerDay: whole(0, 1000),
      selection: text(/^[^]{1,200}$/, "the name of a selection"),
    }),
    tests: list(fields({ at: time, seed: count, right: count, of: count }), 100),
    matches: list(fields({ at: time, seconds: number(0, 1e6), mistakes: count }), 100),
    sorting: orNull(fields({ at: time, waiting: pile, again: pile, known: pile })),
  });

  // Two lists of what happened, each event once.
  function union(mine, theirs) {
    const all = new Map([...theirs, ...mine].map((each) => [each.at, each]));
    return [...all.values()].sort((one, other) => one.at - other.at).slice(-100);
  }

  const newer = (mine, theirs) =>
    (theirs?.at ?? -1) > (mine?.at ?? -1) ? theirs : mine;

  // Both states in one: of each card the newer review.
  function merge(mine, theirs) {
    const taken = Object.entries(theirs.cards).filter(
      ([id, { reviewed }]) => reviewed > (mine.cards[id]?.reviewed ?? -1),
    );
    const state = {
      version: VERSION,
      cards: { ...mine.cards, ...Object.fromEntries(taken) },
      settings: newer(mine.settings, theirs.settings),
      tests: union(mine.tests, theirs.tests),
      matches: union(mine.matches, theirs.matches),
      sorting: newer(mine.sorting, theirs.sorting),
    };
    return { state, taken: taken.length };
  }

  const check = (value) => wholeState(value, "state");
  Object.assign(window.study, { state: { empty, check, merge } });
}
