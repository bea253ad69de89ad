// The front page's figure: five rules, computed here, run down one curved valley.
"use strict";

{
  const { RULES, SURFACES, path, drawMap } = window.playground;
  const SURFACE = "Rosenbrock";
  const STEPS = 500;
  const { start, loss } = SURFACES[SURFACE];
  // Of the rates 1, 2 and 5 times a power of ten, that with the least loss at the end
  // whose path stays on the map. A test tries them all.
  const RUNNERS = [
    { rule: "gradient descent", alpha: 0.005, colour: "#D55E00" },
    { rule: "momentum", alpha: 0.002, mu: 0.9, colour: "#3B9AD9" },
    { rule: "AdaGrad", alpha: 1, colour: "#E69F00" },
    { rule: "RMSprop", alpha: 0.01, rho: 0.9, colour: "#CC79A7" },
    { rule: "Adam", alpha: 0.5, mu: 0.9, rho: 0.999, colour: "#009E73" },
  ];
  const root = document.querySelector("#race");
  const canvas = root.querySelector("canvas");
  const button = root.querySelector("button");
  const slow = matchMedia("(prefers-reduced-motion: reduce)");
  const paths = RUNNERS.map((runner) => ({
    ...runner,
    points: path({ surface: SURFACE, mu: 0, rho: 0, start, steps: STEPS, ...runner }),
  }));
  const items = paths.map(entry);
  let shown = 0;
  let timer = null;

  function entry({ rule, alpha, colour }) {
    const item = document.createElement("li");
    item.style.setProperty("--colour", colour);
    const value = document.createElement("output");
    item.append(`${rule}, α = ${alpha} `, value);
    root.querySelector("ul").append(item);
    return value;
  }

  function draw() {
    const step = Math.floor(shown);
    drawMap(canvas, SURFACE, paths, step, start);
    paths.forEach(({ points }, k) => {
      items[k].textContent = loss(...points[step]).toExponential(1);
    });
    root.querySelector(".race-step").textContent = step;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }

  function play() {
    if (shown >= STEPS) shown = 0;
    button.textContent = "Pause";
    timer = setInterval(() => {
      shown = Math.min(STEPS, shown + Math.max(0.25, shown / 60));
      draw();
      if (shown === STEPS) stop();
    }, 40);
  }

  button.addEventListener("click", () => (timer === null ? play() : stop()));
  new MutationObserver(draw).observe(document.documentElement, {
    attributeFilter: ["data-theme"],
  });
  window.race = { SURFACE, STEPS, RUNNERS };
  root.hidden = false;
  shown = slow.matches ? STEPS : 0;
  draw();
  if (!slow.matches) play();
}
