// The gradient of the verdict back through time, for the LSTM and for a SimpleRNN on the same word vectors.

import { columns, html, number, percent, svg, table } from "./draw.js";
import { ACCURACY } from "./names.js";
import { sigmoid } from "./lstm.js";
import { cursor, wordLabels } from "./view_words.js";

const BARS = 74;

/** How many of the last words hold half of all the gradient. @param {Float64Array} norms */
function half(norms) {
  const total = norms.reduce((sum, value) => sum + value, 0);
  let [sum, words] = [0, 0];
  while (sum < total / 2 && words < norms.length) sum += norms[norms.length - ++words];
  return words;
}

const plural = (/** @type {number} */ count) => (count === 1 ? "word" : `${count} words`);

/** @param {import("./explorer.js").Explorer} explorer */
export function gradients(explorer) {
  const says = html("p", {});
  const bars = { lstm: svg("svg", { class: "lx-chart", role: "img" }), rnn: svg("svg", { class: "lx-chart", role: "img" }) };
  let shown = { lstm: new Float64Array(), rnn: new Float64Array() };
  let [simple, drawn] = /** @type {any[]} */ ([null, null]); // what the SimpleRNN read, and the trace that all this belongs to
  const values = table("Table: the gradient at each word", () => ({
    head: ["word", "LSTM", "SimpleRNN"],
    rows: explorer.scene.reading.written.map((word, t) => [`${t}: ${word || "start"}`, number(shown.lstm[t], 4), number(shown.rnn[t], 4)]),
  }));
  return {
    elements: [
      html("p", { class: "lx-note" }, "A bar: by how much the last log-odds would change if the vector of this word changed a little (the norm of the gradient, relative to the network’s largest)."),
      bars.lstm,
      bars.rnn,
      says,
      values.element,
    ],
    draw() {
      const { model, scene } = explorer;
      if (drawn !== scene.trace) {
        drawn = scene.trace;
        simple = model.rnn.read(drawn.ids);
        shown = { lstm: model.lstm.gradient(drawn, scene.hands), rnn: model.rnn.gradient(simple.states) };
      }
      drawBars(explorer, bars.lstm, shown.lstm, "LSTM", "lstm");
      drawBars(explorer, bars.rnn, shown.rnn, "SimpleRNN", "rnn");
      says.textContent =
        `Half of the LSTM’s gradient lies on the last ${plural(half(shown.lstm))}, half of the SimpleRNN’s on the last ${plural(half(shown.rnn))}` +
        `${scene.isTouched ? " (your hand is in the LSTM alone)" : ""}. The SimpleRNN says ${percent(simple.probability)} positive, ` +
        `the LSTM ${percent(sigmoid(scene.trace.logits[scene.trace.steps - 1]))}; they are right on ${percent(ACCURACY.rnn)} and ${percent(ACCURACY.lstm)} of the test reviews.`;
      values.refresh();
    },
  };
}

/** @param {import("./explorer.js").Explorer} explorer @param {Element} picture @param {Float64Array} norms */
function drawBars(explorer, picture, norms, title, name) {
  const { step, trace } = explorer.scene;
  const grid = columns(explorer.width, trace.steps);
  const largest = Math.max(...norms) || 1;
  const none = { elements: [], height: 0 };
  const labels = name === "rnn" ? wordLabels(explorer.scene.reading, grid, BARS, step) : none; // once, below both
  picture.setAttribute("viewBox", `0 0 ${explorer.width} ${BARS + labels.height}`);
  picture.setAttribute("height", String(BARS + labels.height));
  picture.setAttribute("aria-label", `${title}: the gradient at each word; the table below has the numbers.`);
  const [base, width] = [BARS - 6, Math.max(1, grid.each - 3)];
  const bars = Array.from(norms, (value, t) => {
    const left = (grid.middle(t) - width / 2).toFixed(1);
    return `M${left} ${base}v${(((20 - base) * value) / largest).toFixed(1)}h${width.toFixed(1)}V${base}Z`;
  });
  picture.replaceChildren(
    cursor(grid, step, BARS),
    svg("line", { x1: grid.left, x2: grid.end, y1: base, y2: base, class: "lx-half" }),
    svg("path", { d: bars.join(""), class: `lx-bar-${name}` }),
    svg("text", { x: grid.left, y: 13, class: `lx-title-${name}` }, title),
    ...labels.elements,
  );
}
