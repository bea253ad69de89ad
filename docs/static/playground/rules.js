// The optimizers of dlbook.optimizers, on two plain numbers, and surfaces for them.
// A test compares each path with that of the Python class.
"use strict";

const bias = (beta, t) => (beta ? -Math.expm1(t * Math.log(beta)) : 1);

// step(theta, g, t, alpha, state, options) → [theta, ...state], for one weight: none of
// these rules looks at another weight. `options`: mu, the momentum or beta_1; rho, the
// memory of squares or beta_2.
const RULES = {
  "gradient descent": {
    uses: [],
    rate: 0.01,
    step: (theta, g, t, alpha) => [theta - alpha * g],
  },
  momentum: {
    uses: ["mu"],
    rate: 0.01,
    step(theta, g, t, alpha, [v], { mu }) {
      v = mu * v - alpha * g;
      return [theta + v, v];
    },
  },
  Nesterov: {
    uses: ["mu"],
    rate: 0.01,
    step(theta, g, t, alpha, [v], { mu }) {
      v = mu * v - alpha * g;
      return [theta + mu * v - alpha * g, v];
    },
  },
  AdaGrad: {
    uses: [],
    rate: 0.3,
    step(theta, g, t, alpha, [s]) {
      s += g ** 2;
      return [theta - (alpha * g) / Math.sqrt(0.1 + s + 1e-7), s];
    },
  },
  Adadelta: {
    uses: ["rho"],
    rate: 1,
    rho: 0.95,
    step(theta, g, t, alpha, [v, d], { rho }) {
      v += (1 - rho) * (g ** 2 - v);
      const delta = (g * Math.sqrt(d + 1e-7)) / Math.sqrt(v + 1e-7);
      d += (1 - rho) * (delta ** 2 - d);
      return [theta - alpha * delta, v, d];
    },
  },
  RMSprop: {
    uses: ["mu", "rho"],
    rate: 0.03,
    mu: 0,
    rho: 0.9,
    step(theta, g, t, alpha, [v, u], { mu, rho }) {
      v += (1 - rho) * (g ** 2 - v);
      u = mu * u + (alpha * g) / Math.sqrt(v + 1e-7);
      return [theta - u, v, u];
    },
  },
  Adam: {
    uses: ["mu", "rho"],
    rate: 0.03,
    rho: 0.999,
    step(theta, g, t, alpha, [m, v], { mu, rho }) {
      m += (1 - mu) * (g - m);
      v += (1 - rho) * (g ** 2 - v);
      const size = Math.sqrt(v / bias(rho, t)) + 1e-7;
      return [theta - (alpha * (m / bias(mu, t))) / size, m, v];
    },
  },
  AMSGrad: {
    uses: ["mu", "rho"],
    rate: 0.03,
    rho: 0.999,
    step(theta, g, t, alpha, [m, v, vMax], { mu, rho }) {
      m += (1 - mu) * (g - m);
      v += (1 - rho) * (g ** 2 - v);
      vMax = Math.max(v, vMax);
      const size = Math.sqrt(vMax / bias(rho, t)) + 1e-7;
      return [theta - (alpha * (m / bias(mu, t))) / size, m, v, vMax];
    },
  },
  Nadam: {
    uses: ["mu", "rho"],
    rate: 0.03,
    rho: 0.999,
    step(theta, g, t, alpha, [m, v, w], { mu, rho }) {
      const [now, next] = [t, t + 1].map((at) => mu * (1 - 0.5 * 0.96 ** at));
      w += (1 - now) * (1 - w);
      const wNext = w + (1 - next) * (1 - w);
      m += (1 - mu) * (g - m);
      v += (1 - rho) * (g ** 2 - v);
      const mHat = (next * m) / wNext + ((1 - now) * g) / w;
      const size = Math.sqrt(v / bias(rho, t)) + 1e-7;
      return [theta - (alpha * mHat) / size, m, v, w];
    },
  },
};

const SURFACES = {
  ravine: {
    formula: "½ (θ₁² + 100 θ₂²)",
    loss: (a, b) => (a ** 2 + 100 * b ** 2) / 2,
    slope: (a, b) => [a, 100 * b],
    minima: [[0, 0]],
    start: [1, 1],
    limits: [[-1.3, 1.3], [-1.3, 1.3]],
  },
  "slanted ravine": {
    formula: "¼ ((θ₁ + θ₂)² + 100 (θ₁ − θ₂)²)",
    loss: (a, b) => ((a + b) ** 2 + 100 * (a - b) ** 2) / 4,
    slope: (a, b) => [(a + b) / 2 + 50 * (a - b), (a + b) / 2 - 50 * (a - b)],
    minima: [[0, 0]],
    start: [1.2, 0.4],
    limits: [[-1.3, 1.3], [-1.3, 1.3]],
  },
  saddle: {
    formula: "½ θ₁² + ¼ (θ₂² − 1)²",
    loss: (a, b) => a ** 2 / 2 + (b ** 2 - 1) ** 2 / 4,
    slope: (a, b) => [a, b * (b ** 2 - 1)],
    minima: [[0, -1], [0, 1]],
    start: [1, 0.001],
    limits: [[-1.6, 1.6], [-1.6, 1.6]],
  },
  Rosenbrock: {
    formula: "(1 − θ₁)² + 100 (θ₂ − θ₁²)²",
    loss: (a, b) => (1 - a) ** 2 + 100 * (b - a ** 2) ** 2,
    slope: (a, b) => [2 * (a - 1) - 400 * a * (b - a ** 2), 200 * (b - a ** 2)],
    minima: [[1, 1]],
    start: [-1.2, 1],
    limits: [[-1.8, 1.8], [-1, 2.6]],
  },
};

// θ₀, θ₁, ..., a list of [θ₁, θ₂]; it ends early where a number is no longer finite.
function path({ surface, rule, alpha, mu, rho, start, steps }) {
  const { slope } = SURFACES[surface];
  const { step } = RULES[rule];
  let theta = [...start];
  const states = [[0, 0, 0], [0, 0, 0]];
  const points = [theta];
  for (let t = 1; t <= steps; t++) {
    const g = slope(...theta);
    theta = theta.map((value, k) => {
      const [next, ...state] = step(value, g[k], t, alpha, states[k], { mu, rho });
      states[k] = state;
      return next;
    });
    if (!theta.every(Number.isFinite)) break;
    points.push(theta);
  }
  return points;
}

window.playground = { RULES, SURFACES, path };
