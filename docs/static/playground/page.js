// The playground's page: its controls, the map with the path, and the curve of the loss.
"use strict";

{
  const { RULES, SURFACES, path } = window.playground;
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

  // --- the map -------------------------------------------------------------------

  // From weights to pixels of a canvas of width × height.
  function scales({ limits }, { width, height }) {
    const [[left, right], [low, high]] = limits;
    return {
      x: (a) => ((a - left) / (right - left)) * width,
      y: (b) => height - ((b - low) / (high - low)) * height,
      a: (x) => left + (x / width) * (right - left),
      b: (y) => low + ((height - y) / height) * (high - low),
    };
  }

  const contours = new Map(); // surface → one Path2D a level, drawn once.

  function contourLines(name) {
    if (contours.has(name)) return contours.get(name);
    const surface = SURFACES[name];
    const { a, b } = scales(surface, map);
    const cell = 4;
    const columns = map.width / cell + 1;
    const rows = map.height / cell + 1;
    const heights = Array.from({ length: rows }, (_, j) =>
      Array.from({ length: columns }, (_, i) => surface.loss(a(i * cell), b(j * cell))),
    );
    const top = Math.max(...heights.flat());
    const lines = Array.from({ length: 12 }, (_, k) =>
      isoline(heights, top * 10 ** (-k / 2.5), cell),
    );
    contours.set(name, lines);
    return lines;
  }

  // Marching squares: in each cell, the line between the crossed edges.
  function isoline(heights, level, cell) {
    const line = new Path2D();
    for (let j = 0; j + 1 < heights.length; j++) {
      for (let i = 0; i + 1 < heights[j].length; i++) {
        const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
        const crossed = corners.flatMap(([p, q], k) => {
          const [r, s] = corners[(k + 1) % 4];
          const [here, there] = [heights[q][p], heights[s][r]];
          if (here > level === there > level) return [];
          const share = (level - here) / (there - here);
          return [[(p + share * (r - p)) * cell, (q + share * (s - q)) * cell]];
        });
        for (let k = 0; k + 1 < crossed.length; k += 2) {
          line.moveTo(...crossed[k]);
          line.lineTo(...crossed[k + 1]);
        }
      }
    }
    return line;
  }

  function ink() {
    const style = getComputedStyle(root);
    const read = (name) => style.getPropertyValue(name).trim();
    return { text: read("--pst-color-text-base"), quiet: read("--pst-color-text-muted") };
  }

  function dot(pen, x, y, radius, colour) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }

  function drawMap(paths, shown) {
    const name = find("surface").value;
    const surface = SURFACES[name];
    const { x, y } = scales(surface, map);
    const pen = map.getContext("2d");
    const { text, quiet } = ink();
    pen.clearRect(0, 0, map.width, map.height);
    pen.lineWidth = 1;
    pen.strokeStyle = quiet;
    pen.globalAlpha = 0.6;
    contourLines(name).forEach((line) => pen.stroke(line));
    pen.globalAlpha = 1;
    pen.font = "24px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = text;
    for (const value of [-1, 0, 1, 2]) {
      pen.fillText(value, x(value), map.height - 18);
      pen.fillText(value, 18, y(value));
    }
    surface.minima.forEach(([a, b]) => pen.fillText("★", x(a), y(b)));
    paths.forEach(({ points, colour }) => {
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      pen.beginPath();
      const visible = points.slice(0, shown + 1);
      // Far outside, a canvas loses lines: what is out of the picture is cut off.
      const far = (value) => Math.max(-1e5, Math.min(1e5, value));
      visible.forEach(([a, b]) => pen.lineTo(far(x(a)), far(y(b))));
      pen.stroke();
      visible.slice(0, 40).forEach(([a, b]) => dot(pen, x(a), y(b), 3.5, colour));
      const [a, b] = visible.at(-1);
      dot(pen, x(a), y(b), 8, colour);
    });
    dot(pen, x(start[0]), y(start[1]), 6, text);
  }

  // --- the curve of the loss -----------------------------------------------------

  function drawCurve(paths, shown) {
    const { loss } = SURFACES[find("surface").value];
    const pen = curve.getContext("2d");
    const { text, quiet } = ink();
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

  function line(pen, points) {
    pen.beginPath();
    points.forEach((point) => pen.lineTo(...point));
    pen.stroke();
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
    drawMap(paths, shown);
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
