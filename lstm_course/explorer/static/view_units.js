// The map of all units over the words, and one of them as a line.

import { columns, html, number, path, resolved, svg, table } from "./draw.js";
import { QUANTITIES } from "./lstm.js";
import { NAMES } from "./names.js";
import { cursor } from "./view_words.js";

const ROW = 5; // pixels a unit
const LINE = 96; // the height of the picture of one unit

/** The units, in the order of the rows. @param {import("./explorer.js").Explorer} explorer */
function order(explorer) {
  const { trace } = explorer.scene;
  const { show, sort } = explorer.state;
  const units = Array.from({ length: trace.units }, (_, unit) => unit);
  if (sort === "unit") return units;
  const key = sort === "weight" ? explorer.model.lstm.dense : means(trace[show], trace);
  return units.sort((one, other) => key[other] - key[one]);
}

/** @param {Float32Array} values @param {import("./lstm.js").Trace} trace */
function means(values, { steps, units }) {
  const sums = new Float64Array(units);
  values.forEach((value, at) => (sums[at % units] += value / steps));
  return sums;
}

/** The value that gets the strongest colour. @param {import("./lstm.js").Quantity} show @param {Float32Array} values */
const limitOf = (show, values) => (show === "c" || show === "h" ? Math.max(0.1, ...values.map(Math.abs)) : 1);

/** @param {import("./explorer.js").Explorer} explorer */
export function unitMap(explorer) {
  const tabs = html("div", { class: "lx-tabs", role: "group", "aria-label": "What the map shows" });
  for (const show of QUANTITIES) {
    const { name, symbol, mark } = NAMES[show];
    const label = html("span", {}, html("b", { class: `lx-ink-${show}` }, `${mark} ${symbol}`), ` ${name}`);
    tabs.append(html("button", { type: "button", "data-show": show, click: () => explorer.set({ show }) }, label));
  }
  const sort = html("select", { change: () => explorer.set({ sort: sort.value }) });
  for (const [value, text] of [["weight", "weight in the verdict"], ["mean", "mean over the words"], ["unit", "number"]]) {
    sort.append(html("option", { value }, text));
  }
  const canvas = html("canvas", { class: "lx-map", tabindex: 0, role: "application" });
  const says = html("p", { class: "lx-note" });
  const readout = html("output", { class: "lx-readout" });
  const unit = html("input", { type: "number", min: 0, max: 63, change: () => explorer.set({ unit: Math.max(0, Math.min(63, Math.round(Number(unit.value)) || 0)) }) });
  const line = svg("svg", { class: "lx-chart", role: "img", height: LINE });
  const values = table("Table: all units at all words", () => {
    const { reading, trace } = explorer.scene;
    const { show } = explorer.state;
    const head = [`unit (${NAMES[show].name})`, "weight in the verdict", ...reading.written.map((word, t) => word || `start (${t})`)];
    const rows = order(explorer).map((u) => [
      u,
      number(explorer.model.lstm.dense[u]),
      ...reading.ids.map((_, t) => number(trace[show][t * trace.units + u])),
    ]);
    return { head, rows };
  });

  canvas.addEventListener("click", (event) => {
    const rows = order(explorer);
    const row = Math.max(0, Math.min(rows.length - 1, Math.floor(event.offsetY / ROW)));
    explorer.set({ unit: rows[row], word: columns(explorer.width, explorer.scene.trace.steps).at(event.offsetX) });
  });
  canvas.addEventListener("keydown", (event) => {
    const rows = order(explorer);
    const [row, { step, trace }] = [rows.indexOf(explorer.state.unit), explorer.scene];
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const [down, right] = moves[event.key];
    const unit = rows[Math.max(0, Math.min(rows.length - 1, row + down))];
    explorer.set({ unit, word: Math.max(0, Math.min(trace.steps - 1, step + right)) });
  });

  const controls = html("div", { class: "lx-row" }, html("label", {}, "Rows by ", sort), html("label", {}, "Unit ", unit), readout);
  return {
    elements: [tabs, says, controls, canvas, line, values.element],
    draw() {
      const { show } = explorer.state;
      for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.getAttribute("data-show") === show));
      sort.value = explorer.state.sort;
      unit.value = String(explorer.state.unit);
      paint(explorer, canvas);
      says.textContent = `${upper(NAMES[show].name)}: ${NAMES[show].says}. ${legend(show, limitOf(show, explorer.scene.trace[show]))}`;
      const { reading, trace, step } = explorer.scene;
      const value = number(trace[show][step * trace.units + explorer.state.unit]);
      const weight = number(explorer.model.lstm.dense[explorer.state.unit]);
      readout.textContent = `at “${reading.written[step] || "start"}”: ${NAMES[show].name} ${value}. Its weight in the verdict: ${weight}.`;
      canvas.setAttribute("aria-label", `Map of the ${NAMES[show].name}, ${trace.units} units by ${trace.steps} words. Arrow keys move the unit and the word.`);
      drawLine(explorer, line);
      values.refresh();
    },
  };
}

const upper = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);

/** @param {import("./lstm.js").Quantity} show @param {number} limit */
function legend(show, limit) {
  if (NAMES[show].low === 0) return "Pale: 0. Dark: 1.";
  return `Blue with a dash: below 0, down to −${limit.toFixed(1)}. Red: above 0, up to ${limit.toFixed(1)}. Pale: near 0.`.replace(" with a dash", "");
}

/** @param {import("./explorer.js").Explorer} explorer @param {HTMLCanvasElement} canvas */
function paint(explorer, canvas) {
  const { trace, step } = explorer.scene;
  const { show, unit } = explorer.state;
  const { steps, units } = trace;
  const grid = columns(explorer.width, steps);
  const rows = order(explorer);
  const height = ROW * units;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(explorer.width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${explorer.width}px`;
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels(explorer, rows), 0, 0, steps, units, grid.left, 0, grid.each * steps, height);
  const ink = explorer.colour("--ink");
  weights(context, explorer, rows, grid.end + 4);
  const row = rows.indexOf(unit);
  context.strokeStyle = `rgb(${ink})`;
  context.lineWidth = 1.5;
  context.strokeRect(grid.left - 0.75, row * ROW - 0.75, grid.each * steps + 1.5, ROW + 1.5);
  context.strokeRect(grid.left + grid.each * step - 0.75, -2, grid.each + 1.5, height + 4);
  context.fillStyle = `rgb(${ink})`;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(`${unit} ▸`, grid.left - 3, Math.max(10, Math.min(height - 2, row * ROW + 7)));
}

/** One pixel a number. @param {import("./explorer.js").Explorer} explorer @param {number[]} rows */
function pixels(explorer, rows) {
  const { trace } = explorer.scene;
  const { show } = explorer.state;
  const { steps, units } = trace;
  const values = trace[show];
  const limit = limitOf(show, values);
  const ground = explorer.colour("--pale");
  const above = explorer.colour(NAMES[show].low === 0 ? `--${show}` : "--plus");
  const below = explorer.colour("--minus");
  const image = new ImageData(steps, units);
  rows.forEach((unit, row) => {
    for (let t = 0; t < steps; t++) {
      const value = values[t * units + unit] / limit;
      const [strength, end] = [Math.min(1, Math.abs(value)), value < 0 ? below : above];
      const at = 4 * (row * steps + t);
      for (let part = 0; part < 3; part++) image.data[at + part] = ground[part] + strength * (end[part] - ground[part]);
      image.data[at + 3] = 255;
    }
  });
  const small = document.createElement("canvas");
  [small.width, small.height] = [steps, units];
  /** @type {CanvasRenderingContext2D} */ (small.getContext("2d")).putImageData(image, 0, 0);
  return small;
}

/** Each unit's weight in the verdict, as a bar to the right or the left. */
function weights(context, explorer, rows, left) {
  const dense = explorer.model.lstm.dense;
  const largest = Math.max(...dense.map(Math.abs));
  rows.forEach((/** @type {number} */ unit, /** @type {number} */ row) => {
    const length = (15 * dense[unit]) / largest;
    context.fillStyle = `rgb(${explorer.colour(dense[unit] > 0 ? "--up" : "--down")})`;
    context.fillRect(left + 16, row * ROW + 1, length, ROW - 2);
  });
}

/** @param {import("./explorer.js").Explorer} explorer @param {Element} picture */
function drawLine(explorer, picture) {
  const { trace, plain, step, isTouched } = explorer.scene;
  const { show, unit } = explorer.state;
  const grid = columns(explorer.width, trace.steps);
  const { name, low } = NAMES[show];
  const limit = limitOf(show, trace[show]);
  const [bottom, top] = [low * limit, limit];
  const y = (/** @type {number} */ value) => 8 + ((LINE - 16) * (top - value)) / (top - bottom);
  const points = (/** @type {Float32Array} */ values) =>
    Array.from({ length: trace.steps }, (_, t) => [grid.middle(t), y(values[t * trace.units + unit])]);
  picture.setAttribute("viewBox", `0 0 ${explorer.width} ${LINE}`);
  picture.setAttribute("aria-label", `The ${name} of unit ${unit} over the words; the table below has the numbers.`);
  const ticks = low ? [bottom, 0, top] : [0, 0.5, 1];
  picture.replaceChildren(
    ...ticks.flatMap((value) => [
      svg("line", { x1: grid.left, x2: grid.end, y1: y(value), y2: y(value), class: "lx-grid" }),
      svg("text", { x: grid.left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value, 1)),
    ]),
    cursor(grid, step, LINE),
    isTouched ? svg("path", { d: path(points(plain[show])), class: "lx-plain" }) : "",
    svg("path", { d: path(points(trace[show])), class: `lx-line lx-stroke-${show}` }),
    svg("circle", { cx: grid.middle(step), cy: points(trace[show])[step][1], r: 5, class: "lx-ring" }),
  );
}
