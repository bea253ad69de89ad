// Makes the elements of the page. Only the book's own deck is ever read as HTML.
"use strict";

{
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== false && value !== null) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function button(label, click, attributes = {}) {
    const style = { type: "button", class: "btn btn-outline-primary", ...attributes };
    return element("button", { ...style, click }, ...[label].flat());
  }

  const link = (text, href) => element("a", { href }, text);

  // An element with HTML of the deck.
  function written(tag, html, attributes = {}) {
    const made = element(tag, attributes);
    made.innerHTML = html;
    return made;
  }

  // The same for where links and paragraphs may not stand: in buttons and labels.
  function phrase(html, attributes = {}) {
    const made = written("span", html, attributes);
    made.querySelectorAll("a, p, div, ul, ol, li, dl, dt, dd").forEach((old) => {
      const block = old.tagName === "A" ? "" : "study-block";
      const plain = element("span", { class: `${old.className} ${block}`.trim() });
      plain.append(...old.childNodes);
      old.replaceWith(plain);
    });
    return made;
  }

  let setting = Promise.resolve(); // MathJax sets one thing at a time.

  // Replaces what a place shows, and sets its formulas.
  function show(place, ...children) {
    window.MathJax?.typesetClear?.([place]);
    place.replaceChildren(...children.flat().filter(Boolean));
    // Before MathJax has started there is nothing to do: it will set the whole page.
    if (!window.MathJax?.typesetPromise) return;
    setting = setting
      .then(() => window.MathJax.startup.promise)
      .then(() => place.isConnected && window.MathJax.typesetPromise([place]));
  }

  // A card's front, which names the card.
  function cardFace({ title, front }, id) {
    const group = element("p", { class: "study-group" }, title);
    const text = element("p", { class: "study-front", id }, front);
    const attributes = { class: "study-card", tabindex: -1, "aria-labelledby": id };
    return element("article", attributes, group, text);
  }

  // Shows the back of a card under its front.
  function turn(face, { back, url }) {
    const answer = written("div", back, { class: "study-back", tabindex: -1 });
    const source = element("p", { class: "study-source" }, link("In the book", url));
    const holder = element("div", {});
    face.append(holder);
    show(holder, answer, source);
    return answer;
  }

  const find = (selector) => document.querySelector(`#study ${selector}`);

  // Says it to those who do not see it, too.
  const say = (text) => (find(".study-said").textContent = text);

  function download(name, text) {
    const type = "application/json";
    const href = URL.createObjectURL(new Blob([text], { type }));
    element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60e3);
  }

  function showTroubles() {
    const { troubles } = window.study.store;
    const notes = troubles.map(({ text, copy }) => {
      const save = () => download("dlbook-study-copy.json", copy);
      const offer = copy ? [" ", button("Download it", save)] : [];
      return element("p", {}, text, ...offer);
    });
    find(".study-troubles").replaceChildren(...notes);
  }

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  const making = { element, button, link, written, phrase, cardFace };
  const showing = { show, turn, find, say, download, showTroubles, plural };
  window.study.elements = { ...making, ...showing };
}
