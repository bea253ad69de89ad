// The definition of a term or a symbol beside it, for a pointer and for the keyboard.
"use strict";

{
  const tip = document.createElement("div");
  tip.id = "glossary-tip";
  tip.className = "mathjax_process";
  tip.role = "tooltip";
  tip.hidden = true;
  let shownFor = null;
  let leaving = null;

  function show(term) {
    clearTimeout(leaving);
    if (shownFor === term) return;
    hide();
    shownFor = term;
    tip.textContent = term.dataset.definition;
    tip.hidden = false;
    term.setAttribute("aria-describedby", tip.id);
    place(term);
    window.MathJax?.typesetPromise?.([tip]).then(() => place(term));
  }

  // Under the term, or above it where the window ends.
  function place(term) {
    const { left, bottom, top } = term.getBoundingClientRect();
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const under = bottom + tip.offsetHeight < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(left, room)) + scrollX}px`;
    tip.style.top = `${(under ? bottom : top - tip.offsetHeight) + scrollY}px`;
  }

  function hide() {
    shownFor?.removeAttribute("aria-describedby");
    shownFor = null;
    tip.hidden = true;
  }

  // The pointer may cross to the definition and rest there.
  const leave = () => {
    leaving = setTimeout(hide, 200);
  };

  for (const term of document.querySelectorAll("a[data-definition]")) {
    term.addEventListener("pointerenter", () => show(term));
    term.addEventListener("focus", () => show(term));
    term.addEventListener("pointerleave", leave);
    term.addEventListener("blur", hide);
  }
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  document.body.append(tip);
}
