// The map of a surface with the paths of rules on it, for the playground and the front
// page.
"use strict";

{
  const { SURFACES } = window.playground;

  // From weights to pixels of a canvas of width × height, and back.
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

  function contourLines(name, canvas) {
    if (contours.has(name)) return contours.get(name);
    const surface = SURFACES[name];
    const { a, b } = scales(surface, canvas);
    const cell = 4;
    const columns = canvas.width / cell + 1;
    const rows = canvas.height / cell + 1;
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

  // The theme's colours of text where `element` stands.
  function ink(element) {
    const style = getComputedStyle(element);
    const read = (name) => style.getPropertyValue(name).trim();
    return { text: read("--pst-color-text-base"), quiet: read("--pst-color-text-muted") };
  }

  function dot(pen, x, y, radius, colour) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }

  function line(pen, points) {
    pen.beginPath();
    points.forEach((point) => pen.lineTo(...point));
    pen.stroke();
  }

  // Paths are {points, colour}; of each, the first `shown` steps are drawn.
  function drawMap(canvas, name, paths, shown, start) {
    const { minima } = SURFACES[name];
    const { x, y } = scales(SURFACES[name], canvas);
    const pen = canvas.getContext("2d");
    const { text, quiet } = ink(canvas);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 1;
    pen.strokeStyle = quiet;
    pen.globalAlpha = 0.6;
    contourLines(name, canvas).forEach((contour) => pen.stroke(contour));
    pen.globalAlpha = 1;
    pen.font = "24px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = text;
    for (const value of [-1, 0, 1, 2]) {
      pen.fillText(value, x(value), canvas.height - 18);
      if (y(value) < canvas.height - 40) pen.fillText(value, 18, y(value));
    }
    minima.forEach(([a, b]) => pen.fillText("★", x(a), y(b)));
    // Far outside, a canvas loses lines: what is out of the picture is cut off.
    const far = (value) => Math.max(-1e5, Math.min(1e5, value));
    paths.forEach(({ points, colour }) => {
      const visible = points.slice(0, shown + 1).map(([a, b]) => [far(x(a)), far(y(b))]);
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      line(pen, visible);
      visible.slice(0, 40).forEach((at) => dot(pen, ...at, 3.5, colour));
      dot(pen, ...visible.at(-1), 8, colour);
    });
    dot(pen, x(start[0]), y(start[1]), 6, text);
  }

  Object.assign(window.playground, { scales, ink, line, drawMap });
}
