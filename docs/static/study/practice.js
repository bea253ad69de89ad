// Practice test: ten questions, graded at the end, with the reasons.
"use strict";

{
  const { element, button, link, written, phrase, show, say } = window.study.elements;
  const { store } = window.study;
  const { newSeed } = window.study.random;
  const { practiceTest } = window.study.questions;

  const content = ({ html, text }) => (html ? phrase(html) : text);

  function option(each, name, place) {
    const attributes = { type: "radio", name, value: place };
    const choice = element("input", attributes);
    const label = element("span", {}, content(each));
    return element("label", { class: "study-option" }, choice, label);
  }

  function asked({ kind, prompt, promptHtml, options }, number) {
    const legend = element("legend", {}, `${number + 1}. ${prompt}`);
    const definition = promptHtml ? [phrase(promptHtml, { class: "study-block" })] : [];
    legend.append(...definition);
    const all = options.map((each, place) => option(each, `question-${number}`, place));
    return element("fieldset", { "data-kind": kind }, legend, ...all);
  }

  // The number of the option chosen for each question; nothing where none was.
  function given(form, test) {
    const choices = new FormData(form);
    return test.map((_, number) => {
      const place = choices.get(`question-${number}`);
      return place === null ? null : Number(place);
    });
  }

  function proofs(all) {
    const links = all.flatMap(({ text, url }) => [" · ", link(text, url)]).slice(1);
    return element("p", { class: "study-source" }, "See: ", ...links);
  }

  function graded({ kind, prompt, promptHtml, options, ...reasons }, place) {
    const right = options.find((each) => each.right);
    const isRight = place !== null && options[place] === right;
    const mark = isRight ? "✓ Right" : place === null ? "✗ Not answered" : "✗ Wrong";
    const item = element("li", { class: isRight ? "study-right" : "study-wrong" });
    item.append(element("p", { class: "study-mark" }, mark));
    item.append(element("p", { class: "study-prompt" }, prompt));
    if (promptHtml) item.append(written("div", promptHtml));
    if (!isRight && place !== null) item.append(line("You said: ", options[place]));
    item.append(line("Right: ", right));
    // The explanation of these two kinds would say the same once more.
    if (!["answer", "term"].includes(kind))
      item.append(written("div", reasons.explanation, { class: "study-back" }));
    item.append(proofs(reasons.proofs));
    return item;
  }

  const line = (label, each) =>
    element("p", {}, element("strong", {}, label), content(each));

  function grade(place, chosen, { test, seed, form }) {
    const places = given(form, test);
    const right = test.filter(({ options }, k) => options[places[k]]?.right).length;
    const result = { at: Date.now(), seed, right, of: test.length };
    store.change({ tests: [...store.state.tests, result].slice(-100) });
    const score = `${right} of ${test.length} right`;
    const heading = element("h2", { tabindex: -1, class: "study-score" }, score);
    const list = test.map((question, k) => graded(question, places[k]));
    const again = button("Another test", () => begin(place, chosen, newSeed(), true));
    show(place, heading, element("ol", { class: "study-graded" }, ...list), again);
    heading.focus();
    say(`${score}.`);
  }

  const asQuestions = (chosen) => {
    const ids = new Set(chosen.map(({ id }) => id));
    const { questions } = window.study.cards.deck;
    return questions.filter(({ id }) => ids.has(`question:${id}`));
  };

  function seedField(place, chosen, seed) {
    const limits = { type: "number", name: "seed", min: 0, max: 999999, required: "" };
    const change = ({ target }) => {
      if (!target.reportValidity()) return;
      begin(place, chosen, target.valueAsNumber);
      place.querySelector("[name=seed]").focus();
    };
    const field = element("input", { ...limits, value: seed, step: 1, change });
    const note = "The same number makes the same test.";
    return element("p", {}, element("label", {}, "Test number ", field), ` ${note}`);
  }

  function begin(place, chosen, seed, focused = false) {
    const test = practiceTest(seed, asQuestions(chosen));
    const form = element("form", { class: "study-test" });
    const submit = element("button", { class: "btn btn-primary" }, "Grade");
    form.append(...test.map(asked), submit);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      grade(place, chosen, { test, seed, form });
    });
    show(place, seedField(place, chosen, seed), form);
    if (focused) form.querySelector("input")?.focus();
  }

  const open = (place, chosen) => begin(place, chosen, newSeed());
  window.study.modes.test = { open };
}
