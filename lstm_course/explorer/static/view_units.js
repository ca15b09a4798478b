// The map of all units over the words, and one of them as a line.

import { bare, columns, html, number, path, svg, table } from "./draw.js";
import { QUANTITIES } from "./lstm.js";
import { NAMES } from "./names.js";
import { cursor, wordLabels } from "./view_words.js";

const ROW = 5; // pixels a unit
const SHADES = 255;
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

/**
 * The value from which on a colour is at its strongest: 1, and for the states, which have no bound or a loose one, the
 * size that one value in fifty exceeds, so that a few strong units do not pale all others.
 * @param {import("./lstm.js").Quantity} show @param {Float32Array} values
 */
function limitOf(show, values) {
  if (show !== "c" && show !== "h") return 1;
  const sizes = values.map(Math.abs).sort();
  return Math.max(0.1, sizes[Math.floor(0.98 * sizes.length)]);
}

/** @param {import("./explorer.js").Explorer} explorer */
export function unitMap(explorer) {
  const tabs = html("div", { class: "lx-tabs", role: "group", "aria-label": "What the map shows" });
  for (const show of QUANTITIES) {
    const { name, symbol, mark } = NAMES[show];
    const label = html("span", {}, html("b", { class: `lx-ink-${show}` }, `${mark} ${symbol}`), ` ${name}`);
    tabs.append(html("button", { type: "button", "data-show": show, click: () => explorer.set({ show }) }, label));
  }
  const sort = html("select", { change: () => explorer.set({ sort: /** @type {import("./state.js").State["sort"]} */ (sort.value) }) });
  for (const [value, text] of [["weight", "weight in the verdict"], ["mean", "mean over the words"], ["unit", "number"]]) {
    sort.append(html("option", { value }, text));
  }
  const canvas = html("canvas", { class: "lx-map", tabindex: 0, role: "application" });
  const over = svg("svg", { class: "lx-over lx-chart", "aria-hidden": true });
  const says = html("p", { class: "lx-note" });
  const readout = html("output", { class: "lx-readout" });
  const unit = html("input", { type: "number", min: 0, max: 63, change: () => explorer.set({ unit: Math.max(0, Math.min(63, Math.round(Number(unit.value)) || 0)) }) });
  const line = svg("svg", { class: "lx-chart", role: "img" });
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
    elements: [tabs, says, controls, html("div", { class: "lx-layers" }, canvas, over), line, values.element],
    draw() {
      const { show } = explorer.state;
      for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.getAttribute("data-show") === show));
      sort.value = explorer.state.sort;
      unit.value = String(explorer.state.unit);
      const rows = order(explorer);
      const limit = limitOf(show, explorer.scene.trace[show]);
      paint(explorer, canvas, rows, limit);
      over.setAttribute("viewBox", `0 0 ${explorer.width} ${ROW * rows.length}`);
      over.replaceChildren(...overlay(explorer, rows));
      says.textContent = `${upper(NAMES[show].name)}: ${NAMES[show].says}. ${legend(show, limit)} The bars on the right: a unit’s weight in the verdict, blue for “positive”, orange for “negative”.`;
      const { reading, trace, step } = explorer.scene;
      const value = number(trace[show][step * trace.units + explorer.state.unit]);
      const weight = number(explorer.model.lstm.dense[explorer.state.unit]);
      readout.textContent = `at “${bare(reading.written[step]) || "start"}”: ${NAMES[show].name} ${value}. Its weight in the verdict: ${weight}.`;
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
  return `Blue: above 0. Red: below 0. Pale: near 0; strongest from ${limit.toFixed(1)} on, on either side.`;
}

/**
 * Fills the canvas pixel by pixel, which is faster than to have a picture stretched.
 * @param {import("./explorer.js").Explorer} explorer @param {HTMLCanvasElement} canvas @param {number[]} rows @param {number} limit
 */
function paint(explorer, canvas, rows, limit) {
  const { trace } = explorer.scene;
  const grid = columns(explorer.width, trace.steps);
  const ratio = globalThis.devicePixelRatio || 1;
  const [left, wide, high] = [grid.left, explorer.width, ROW * trace.units].map((size) => Math.round(size * ratio));
  if (canvas.width !== wide || canvas.height !== high) {
    [canvas.width, canvas.height] = [wide, high];
    canvas.style.width = `${explorer.width}px`;
    canvas.style.height = `${ROW * trace.units}px`;
  }
  const image = new ImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer);
  const colourOf = colours(explorer, limit);
  const ends = Array.from({ length: trace.steps }, (_, t) => Math.round((grid.left + grid.each * (t + 1)) * ratio));
  rows.forEach((unit, row) => {
    const [top, bottom] = [row, row + 1].map((edge) => Math.round(edge * ROW * ratio) * wide);
    ends.forEach((end, t) => pixels.fill(colourOf(t, unit), top + (t ? ends[t - 1] : left), top + end));
    for (let line = top + wide; line < bottom; line += wide) pixels.copyWithin(line, top, top + wide);
  });
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(image, 0, 0);
}

/** What lies over the map: the unit and the word that are looked at, and each unit's weight in the verdict. */
function overlay(explorer, rows) {
  const { trace, step } = explorer.scene;
  const { unit } = explorer.state;
  const grid = columns(explorer.width, trace.steps);
  const dense = explorer.model.lstm.dense;
  const largest = dense.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const bars = { up: "", down: "" };
  rows.forEach((/** @type {number} */ each, /** @type {number} */ row) => {
    const length = (15 * dense[each]) / largest;
    bars[length > 0 ? "up" : "down"] += `M${grid.end + 20} ${row * ROW + 1}h${length.toFixed(1)}v${ROW - 2}h${(-length).toFixed(1)}Z`;
  });
  const top = rows.indexOf(unit) * ROW;
  const box = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ width, /** @type {number} */ height) =>
    svg("rect", { x, y, width, height, class: "lx-frame-chosen" });
  return [
    svg("path", { d: bars.up, class: "lx-weight-up" }),
    svg("path", { d: bars.down, class: "lx-weight-down" }),
    box(grid.left - 0.75, top - 0.75, grid.each * trace.steps + 1.5, ROW + 1.5),
    box(grid.left + grid.each * step - 0.75, 0, grid.each + 1.5, ROW * trace.units),
    svg("text", { x: grid.left - 3, y: Math.max(10, Math.min(ROW * trace.units - 2, top + 7)), "text-anchor": "end" }, `${unit} ▸`),
  ];
}

/** From the pale ground to a colour, as pixels. @param {import("./explorer.js").Explorer} explorer @param {string} name */
function shades(explorer, name) {
  const [ground, end] = [explorer.colour("--pale"), explorer.colour(name)];
  const pixels = new Uint8ClampedArray(4 * (SHADES + 1)).fill(255);
  for (let shade = 0; shade <= SHADES; shade++) {
    for (let part = 0; part < 3; part++) pixels[4 * shade + part] = ground[part] + (shade / SHADES) * (end[part] - ground[part]);
  }
  return new Uint32Array(pixels.buffer);
}

/** The colour of a unit at a step. @param {import("./explorer.js").Explorer} explorer @param {number} limit */
function colours(explorer, limit) {
  const { trace } = explorer.scene;
  const { show } = explorer.state;
  const values = trace[show];
  const scale = SHADES / limit;
  const above = shades(explorer, NAMES[show].low === 0 ? `--${show}` : "--plus");
  const below = shades(explorer, "--minus");
  return (/** @type {number} */ t, /** @type {number} */ unit) => {
    const value = Math.round(scale * values[t * trace.units + unit]);
    return value < 0 ? below[Math.min(SHADES, -value)] : above[Math.min(SHADES, value)];
  };
}

/** @param {import("./explorer.js").Explorer} explorer @param {Element} picture */
function drawLine(explorer, picture) {
  const { trace, plain, step, isTouched } = explorer.scene;
  const { show, unit } = explorer.state;
  const grid = columns(explorer.width, trace.steps);
  const { name, low } = NAMES[show];
  const largest = (/** @type {Float32Array} */ values) =>
    values.reduce((most, value, at) => (at % trace.units === unit ? Math.max(most, Math.abs(value)) : most), 0.1);
  const top = show === "c" || show === "h" ? Math.max(largest(trace[show]), largest(plain[show])) : 1;
  const bottom = low * top;
  const y = (/** @type {number} */ value) => 8 + ((LINE - 16) * (top - value)) / (top - bottom);
  const points = (/** @type {Float32Array} */ values) =>
    Array.from({ length: trace.steps }, (_, t) => [grid.middle(t), y(values[t * trace.units + unit])]);
  const labels = wordLabels(explorer.scene.reading, grid, LINE, step);
  picture.setAttribute("viewBox", `0 0 ${explorer.width} ${LINE + labels.height}`);
  picture.setAttribute("height", String(LINE + labels.height));
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
    ...labels.elements,
  );
}
