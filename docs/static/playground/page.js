// The playground's page: its controls, and the curve of the loss beside the map.
"use strict";

{
  const { RULES, SURFACES, path, scales, ink, drawMap, line } = window.playground;
  const root = document.querySelector("#playground");
  const find = (name) => root.querySelector(`[name="${name}"]`);
  const map = root.querySelector(".playground-map");
  const curve = root.querySelector(".playground-curve");
  const STEPS = 500;
  const COLOURS = ["#D55E00", "#3B9AD9", "#009E73", "#CC79A7", "#E69F00", "#8C6BB1"];
  let start = [1, 1];
  let kept = []; // Paths that stay for comparison: {label, points}.
  let timer = null;

  // 0.01 for 0.0099999: the label shows what is used.
  const rounded = (value) => Number(value.toPrecision(2));
  const settings = () => ({
    surface: find("surface").value,
    rule: find("rule").value,
    alpha: rounded(10 ** find("rate").valueAsNumber),
    mu: find("mu").valueAsNumber,
    rho: 1 - rounded(10 ** find("rho").valueAsNumber),
    start,
    steps: STEPS,
  });

  function label({ rule, alpha, mu, rho }) {
    const shown = { mu: `μ = ${mu}`, rho: `ρ = ${memory(rho)}` };
    const parts = RULES[rule].uses.map((name) => shown[name]);
    return [rule, `α = ${alpha}`, ...parts].join(", ");
  }

  const memory = (rho) => Number(rho.toFixed(4));

  // --- the curve of the loss -----------------------------------------------------

  function drawCurve(paths, shown) {
    const { loss } = SURFACES[find("surface").value];
    const pen = curve.getContext("2d");
    const { text, quiet } = ink(root);
    const [left, bottom] = [74, 56];
    const [low, high] = [-12, 4];
    const right = curve.width - 30;
    const x = (t) => left + (t / STEPS) * (right - left);
    const y = (value) => {
      const power = Math.max(low, Math.min(high, Math.log10(value || 1e-99)));
      return 12 + ((high - power) / (high - low)) * (curve.height - bottom - 12);
    };
    pen.clearRect(0, 0, curve.width, curve.height);
    pen.font = "22px sans-serif";
    pen.strokeStyle = quiet;
    pen.fillStyle = text;
    pen.lineWidth = 0.5;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (let power = low; power <= high; power += 4) {
      const at = y(10 ** power);
      line(pen, [[left, at], [right, at]]);
      pen.fillText(`1e${power}`, left - 8, at);
    }
    pen.textAlign = "center";
    for (let t = 0; t <= STEPS; t += 100) pen.fillText(t, x(t), curve.height - 36);
    pen.fillText("step", x(STEPS / 2), curve.height - 12);
    paths.forEach(({ points, colour }) => {
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      const visible = points.slice(0, shown + 1);
      line(pen, visible.map(([a, b], t) => [x(t), y(loss(a, b))]));
    });
  }

  // --- the page ------------------------------------------------------------------

  function said(points, shown) {
    const { loss } = SURFACES[find("surface").value];
    const at = Math.min(shown, points.length - 1);
    const [a, b] = points[at];
    const place = `θ = (${a.toPrecision(3)}, ${b.toPrecision(3)})`;
    const value = `loss ${loss(a, b).toExponential(2)}`;
    const end = points.length <= shown ? ` Step ${points.length} is no number.` : "";
    return `After ${at} steps: ${value}, ${place}.${end}`;
  }

  function draw() {
    const now = settings();
    const points = path(now);
    const shown = find("steps").valueAsNumber;
    const paths = [...kept, { label: label(now), points }];
    paths.forEach((each, k) => (each.colour = COLOURS[k % COLOURS.length]));
    drawMap(map, now.surface, paths, shown, start);
    drawCurve(paths, shown);
    root.querySelector(".playground-said").textContent = said(points, shown);
    root.querySelector(".playground-formula").textContent = SURFACES[now.surface].formula;
    const legend = root.querySelector(".playground-legend");
    legend.replaceChildren(...paths.map(entry));
    const { uses } = RULES[now.rule];
    for (const name of ["mu", "rho"]) find(name).disabled = !uses.includes(name);
    const outputs = { rate: now.alpha, mu: now.mu, rho: memory(now.rho), steps: shown };
    for (const [name, value] of Object.entries(outputs))
      root.querySelector(`output[for="playground-${name}"]`).textContent = value;
  }

  function entry({ label, colour, points }) {
    const { loss } = SURFACES[find("surface").value];
    const item = document.createElement("li");
    item.style.setProperty("--colour", colour);
    const last = points.length > STEPS ? loss(...points.at(-1)) : Infinity;
    const end = Number.isFinite(last) ? last.toExponential(1) : "diverged";
    item.textContent = `${label}: ${end}`;
    return item;
  }

  function chooseRule() {
    const { rate, mu = 0.9, rho = 0.9 } = RULES[find("rule").value];
    find("rate").value = Math.log10(rate);
    find("mu").value = mu;
    find("rho").value = Math.log10(1 - rho);
    draw();
  }

  function chooseSurface() {
    start = [...SURFACES[find("surface").value].start];
    kept = [];
    draw();
  }

  function moveStart(a, b) {
    start = [a, b].map((value) => Number(value.toFixed(3)));
    kept = [];
    draw();
  }

  function point(event) {
    if (event.type === "pointermove" && !event.buttons) return;
    const { left, top, width } = map.getBoundingClientRect();
    const scale = map.width / width;
    const { a, b } = scales(SURFACES[find("surface").value], map);
    moveStart(a((event.clientX - left) * scale), b((event.clientY - top) * scale));
    event.preventDefault();
  }

  const ARROWS = {
    ArrowLeft: [-0.05, 0],
    ArrowRight: [0.05, 0],
    ArrowDown: [0, -0.05],
    ArrowUp: [0, 0.05],
  };

  function arrow(event) {
    if (!(event.key in ARROWS)) return;
    const [a, b] = ARROWS[event.key];
    moveStart(start[0] + a, start[1] + b);
    event.preventDefault();
  }

  function play() {
    clearInterval(timer);
    const slider = find("steps");
    slider.value = 0;
    timer = setInterval(() => {
      slider.value = slider.valueAsNumber + Math.max(1, slider.valueAsNumber / 30);
      draw();
      if (slider.valueAsNumber >= STEPS) clearInterval(timer);
    }, 40);
  }

  function keep() {
    const now = settings();
    kept = [...kept, { label: label(now), points: path(now) }].slice(-5);
    draw();
  }

  const fill = (name, table) =>
    find(name).replaceChildren(...Object.keys(table).map((key) => new Option(key, key)));
  fill("surface", SURFACES);
  fill("rule", RULES);
  find("rule").value = "momentum";
  find("rule").addEventListener("change", chooseRule);
  find("surface").addEventListener("change", chooseSurface);
  for (const name of ["rate", "mu", "rho", "steps"])
    find(name).addEventListener("input", draw);
  find("play").addEventListener("click", play);
  find("keep").addEventListener("click", keep);
  find("clear").addEventListener("click", () => {
    kept = [];
    draw();
  });
  map.addEventListener("pointerdown", point);
  map.addEventListener("pointermove", point);
  map.addEventListener("keydown", arrow);
  new MutationObserver(draw).observe(document.documentElement, {
    attributeFilter: ["data-theme"],
  });
  root.hidden = false;
  chooseSurface();
  chooseRule();
}
