// When a card comes back: FSRS-6, from how well it was remembered so far.
//
// A card has a stability S (the days until the chance to recall it is 90 %) and a
// difficulty D from 1 to 10. G is the rating (1 again, 2 hard, 3 good, 4 easy), t the
// whole days since the last review, r the chance of recall at which a card returns:
//
//   chance of recall   R = (1 + F t/S)^(−w₂₀),   F = 0.9^(−1/w₂₀) − 1
//   interval in days   I = S/F (r^(−1/w₂₀) − 1)
//   first review       S = w_{G−1}               D = D₀(G) = w₄ − e^(w₅ (G−1)) + 1
//   later              D ← w₇ D₀(4) + (1 − w₇) (D − w₆ (G − 3) (10 − D)/9)
//   on the same day    S ← S e^(w₁₇ (G − 3 + w₁₈)) S^(−w₁₉), not less than S if G > 1
//   remembered         S ← S (1 + e^w₈ (11 − D) S^(−w₉) (e^(w₁₀ (1 − R)) − 1) b),
//                      b = w₁₅ if hard, 1 if good, w₁₆ if easy
//   forgotten          S ← w₁₁ D^(−w₁₂) ((S + 1)^w₁₃ − 1) e^(w₁₄ (1 − R)),
//                      not more than S e^(−w₁₇ w₁₈)
//
// D always stays within 1 and 10, S at 0.001 or more. A new card first takes steps of 1
// and 10 minutes, a forgotten one of 10 minutes.
//
// Source: the package fsrs 6.3.2 (py-fsrs), with its default weights w, without its
// random "fuzz"; the model of memory is that of Ye, Su & Cao (2022).
"use strict";

window.study = {};
{
  const [AGAIN, HARD, GOOD, EASY] = [1, 2, 3, 4];
  const W = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
  ];
  const RETENTION = 0.9;
  const LONGEST = 36500; // days
  const MINUTE = 60e3;
  const DAY = 24 * 60 * MINUTE;
  const STEPS = { learning: [1, 10], relearning: [10] }; // minutes
  const F = 0.9 ** (-1 / W[20]) - 1;

  const between = (low, value, high) => Math.min(Math.max(value, low), high);
  const daysSince = (card, now) => Math.floor((now - card.reviewed) / DAY);

  // The chance that the card is remembered now.
  function recall(card, now) {
    return (1 + (F * Math.max(0, daysSince(card, now))) / card.stability) ** -W[20];
  }

  function interval(stability) {
    const days = (stability / F) * (RETENTION ** (-1 / W[20]) - 1);
    return between(1, Math.round(days), LONGEST);
  }

  const firstDifficulty = (rating) => W[4] - Math.exp(W[5] * (rating - 1)) + 1;

  function laterDifficulty(difficulty, rating) {
    const change = (-W[6] * (rating - 3) * (10 - difficulty)) / 9;
    const reverted = W[7] * firstDifficulty(EASY) + (1 - W[7]) * (difficulty + change);
    return between(1, reverted, 10);
  }

  function onTheSameDay(stability, rating) {
    const growth = Math.exp(W[17] * (rating - 3 + W[18])) * stability ** -W[19];
    return stability * (rating === AGAIN ? growth : Math.max(1, growth));
  }

  function remembered({ stability, difficulty }, chance, rating) {
    const bonus = { [HARD]: W[15], [GOOD]: 1, [EASY]: W[16] }[rating];
    const surprise = Math.exp(W[10] * (1 - chance)) - 1;
    const room = Math.exp(W[8]) * (11 - difficulty) * stability ** -W[9];
    return stability * (1 + room * surprise * bonus);
  }

  function forgotten({ stability, difficulty }, chance) {
    const kept = W[11] * difficulty ** -W[12] * ((stability + 1) ** W[13] - 1);
    const most = stability * Math.exp(-W[17] * W[18]);
    return Math.min(kept * Math.exp(W[14] * (1 - chance)), most);
  }

  function laterStability(card, rating, now) {
    if (daysSince(card, now) < 1) return onTheSameDay(card.stability, rating);
    const chance = recall(card, now);
    if (rating === AGAIN) return forgotten(card, chance);
    return remembered(card, chance, rating);
  }

  // The next short step as [step, minutes]; nothing if the card has taken the last.
  function shortStep(steps, step, rating) {
    if (rating === AGAIN) return [0, steps[0]];
    if (rating === GOOD && step + 1 < steps.length) return [step + 1, steps[step + 1]];
    if (rating !== HARD) return undefined;
    const halfway = steps.length > 1 ? (steps[0] + steps[1]) / 2 : steps[0] * 1.5;
    return [step, step ? steps[step] : halfway];
  }

  function place(before, rating, stability) {
    const lapsed = before.phase === "review" && rating === AGAIN;
    const phase = lapsed ? "relearning" : before.phase;
    const next = STEPS[phase] && shortStep(STEPS[phase], before.step ?? 0, rating);
    if (!next) return { phase: "review", step: null, wait: interval(stability) * DAY };
    const [step, minutes] = next;
    return { phase, step, wait: minutes * MINUTE };
  }

  // The card's record after a review; nothing stands for a card never seen. Times are
  // milliseconds since 1970.
  function review(card, rating, now) {
    const difficulty = card
      ? laterDifficulty(card.difficulty, rating)
      : between(1, firstDifficulty(rating), 10);
    const grown = card ? laterStability(card, rating, now) : W[rating - 1];
    const stability = Math.max(grown, 0.001);
    const before = card ?? { phase: "learning", step: 0 };
    const { phase, step, wait } = place(before, rating, stability);
    const times = { due: now + wait, reviewed: now, first: card?.first ?? now };
    return { phase, step, stability, difficulty, ...times };
  }

  window.study.scheduler = { STEPS, recall, review };
}
