// Makes a practice test out of the deck: the same seed makes the same test.
//
// A question has a kind, a prompt, options {text or html, right}, an explanation (HTML)
// and the proofs it links to.
"use strict";

{
  const { deck } = window.study.cards;
  const { generator, shuffled } = window.study.random;
  const VERDICTS = ["right", "imprecise", "wrong", "unverifiable"];
  const LENGTH = 10;

  const claims = new Map(deck.claims.map((claim) => [claim.name, claim]));
  const proof = (name) => claims.get(name) && { text: name, url: claims.get(name).url };

  function popularAnswers(questions) {
    return questions.flatMap(({ question, url, popular }) =>
      popular.map(({ text, verdict, explanation, claims: names }) => {
        const measured = names.map(proof).filter(Boolean);
        const proofs = [...measured, { text: question, url }];
        return { text, verdict, explanation, proofs };
      }),
    );
  }

  // Whether a popular answer is right. Half of the sayings drawn are.
  function trueOrFalse({ questions, random }) {
    const plain = popularAnswers(questions).filter(({ verdict }) =>
      ["right", "wrong"].includes(verdict),
    );
    const mixed = shuffled(plain, random);
    const [right, wrong] = ["right", "wrong"].map((verdict) =>
      mixed.filter((saying) => saying.verdict === verdict),
    );
    const pairs = Array.from({ length: Math.max(right.length, wrong.length) }, (_, k) =>
      shuffled([right[k], wrong[k]].filter(Boolean), random),
    );
    return pairs.flat().map(({ text, verdict, explanation, proofs }) => ({
      kind: "true or false",
      about: text,
      prompt: `True or false? “${text}”`,
      options: ["true", "false"].map((option) => ({
        text: option,
        right: (option === "true") === (verdict === "right"),
      })),
      explanation,
      proofs,
    }));
  }

  // Which of the four verdicts a popular answer got; each verdict comes in turn.
  function verdicts({ questions, random }) {
    const sayings = shuffled(popularAnswers(questions), random);
    const rank = new Map();
    for (const verdict of VERDICTS) {
      const same = sayings.filter((each) => each.verdict === verdict);
      same.forEach((each, place) => rank.set(each, place));
    }
    const inTurn = sayings.sort((one, other) => rank.get(one) - rank.get(other));
    return inTurn.map(({ text, verdict, explanation, proofs }) => ({
      kind: "verdict",
      about: text,
      prompt: `What did the measurement say of this popular answer? “${text}”`,
      options: VERDICTS.map((each) => ({ text: each, right: each === verdict })),
      explanation,
      proofs,
    }));
  }

  // Three others, from the same part of the book as far as there are any.
  function distractors(item, all, random) {
    const others = shuffled(all, random).filter((other) => other !== item);
    const near = others.filter(({ part }) => part === item.part);
    return [...new Set([...near, ...others])].slice(0, 3);
  }

  function answers({ questions, random }) {
    return shuffled(questions, random).map((item) => {
      const others = distractors(item, deck.questions, random);
      const all = shuffled([item, ...others], random);
      return {
        kind: "answer",
        about: item.id,
        prompt: `Which answer belongs to this question? ${item.question}`,
        options: all.map((each) => ({ html: each.answer, right: each === item })),
        explanation: item.answer,
        proofs: [{ text: item.question, url: item.url }],
      };
    });
  }

  function terms({ random }) {
    return shuffled(deck.terms, random).map((item) => {
      const others = distractors(item, deck.terms, random);
      const all = shuffled([item, ...others], random);
      return {
        kind: "term",
        about: item.term,
        prompt: "Which term is defined here?",
        promptHtml: item.definition,
        options: all.map((each) => ({ text: each.term, right: each === item })),
        explanation: item.definition,
        proofs: [{ text: item.term, url: item.url }],
      };
    });
  }

  // Takes from each kind in turn, so that a test is mixed, and nothing comes twice.
  function practiceTest(seed, questions = deck.questions, length = LENGTH) {
    const random = generator(seed);
    const kinds = [trueOrFalse, answers, verdicts, terms].map((make) =>
      make({ questions, random }).filter(({ options }) => options.length > 1),
    );
    const drawn = new Map();
    while (drawn.size < length && kinds.some((kind) => kind.length)) {
      for (const kind of kinds) {
        const next = kind.find(({ about }) => !drawn.has(about));
        kind.splice(0, next ? kind.indexOf(next) + 1 : kind.length);
        if (next && drawn.size < length) drawn.set(next.about, next);
      }
    }
    return shuffled([...drawn.values()], random);
  }

  Object.assign(window.study, { questions: { practiceTest, VERDICTS } });
}
