// The text, coloured by what each word moved, and the probability after each word.

import { bare, columns, html, number, path, percent, signed, svg, table } from "./draw.js";

const HEIGHT = 150;
const STRONGEST = 0.55; // opacity behind the word that moved most, as in the notebooks

/** By how many points each step moved the probability. @param {import("./lstm.js").Trace} trace */
export const changes = (trace) => trace.probabilities.map((p, t) => 100 * (p - trace.probabilities[Math.max(0, t - 1)]));

/** The words, as a list to choose from. @param {import("./explorer.js").Explorer} explorer */
export function wordList(explorer) {
  const list = html("div", { class: "lx-words", role: "listbox", "aria-label": "The words as they are read: choose one to stop there" });
  const note = html("p", { class: "lx-note" });
  const choose = (/** @type {number} */ word) => {
    explorer.set({ word });
    /** @type {HTMLElement | null} */ (list.querySelector("[aria-selected=true]"))?.focus({ preventScroll: true });
  };
  list.addEventListener("click", (event) => {
    const word = /** @type {Element} */ (event.target).closest("[role=option]");
    if (word) choose(Number(word.getAttribute("data-step")));
  });
  list.addEventListener("keydown", (event) => {
    const { reading, step } = explorer.scene;
    const places = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: reading.ids.length - 1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(reading.ids.length - 1, places[event.key])));
  });
  return {
    elements: [list, note],
    draw() {
      const { reading, trace, step } = explorer.scene;
      const moved = changes(trace);
      const limit = Math.max(1, ...moved.map(Math.abs));
      reading.written.forEach((word, t) => {
        const made = option(reading, word, t, moved[t], limit, t === step);
        const there = list.children[t];
        if (!there) list.append(made);
        else if (!there.isEqualNode(made)) there.replaceWith(made); // most words stay as they are, and need no new layout
      });
      while (list.children.length > reading.written.length) list.lastElementChild?.remove();
      const cut = reading.total - (reading.ids.length - (reading.words[0] === "<start>" ? 1 : 0));
      const unknown = reading.words.filter((word) => word === "<unknown>").length;
      note.textContent =
        "The number under a word: by how many points it moved the probability of “positive”. Blue with a solid line: up. " +
        "Orange with a dashed line: down." +
        (unknown ? ` ${unknown} word${unknown > 1 ? "s are" : " is"} not in the model’s vocabulary (dotted box).` : "") +
        (cut > 0 ? ` The network reads the last 100 words; the ${cut.toLocaleString("en")} before them are cut off.` : "");
    },
  };
}

/** @param {import("./words.js").Reading} reading */
function option(reading, word, t, moved, limit, chosen) {
  const rounded = Math.round(moved);
  const shown = reading.words[t] === "<start>" ? "start" : word;
  const strength = rounded ? (STRONGEST * Math.abs(moved)) / limit : 0;
  const kind = rounded > 0 ? "lx-up" : rounded < 0 ? "lx-down" : "lx-still";
  const unknown = reading.words[t] === "<unknown>" ? " lx-unknown" : "";
  const start = reading.words[t] === "<start>" ? " lx-start" : "";
  return html(
    "span",
    {
      role: "option",
      class: `lx-word ${kind}${unknown}${start}`,
      style: `--strength: ${strength.toFixed(2)}`,
      "data-step": t,
      tabindex: chosen ? 0 : -1,
      "aria-selected": chosen,
      "aria-label": `${shown}${unknown && ", unknown"}: ${rounded ? signed(rounded, 0) : "0"} points`,
    },
    html("bdi", {}, shown),
    html("small", {}, rounded ? signed(rounded, 0) : "\u00a0"),
  );
}

/** The running probability. @param {import("./explorer.js").Explorer} explorer */
export function probabilityChart(explorer) {
  const picture = svg("svg", { class: "lx-chart", role: "img" });
  picture.addEventListener("click", (event) => {
    const { trace } = explorer.scene;
    explorer.set({ word: columns(explorer.width, trace.steps).at(event.offsetX) });
  });
  const values = table("Table: the probability after each word", () => {
    const { reading, trace, plain, isTouched } = explorer.scene;
    const moved = changes(trace);
    const head = ["word", "probability of positive", "moved it by (points)", ...(isTouched ? ["untouched network"] : [])];
    const rows = reading.written.map((word, t) => [
      `${t}: ${word || "start"}`,
      number(trace.probabilities[t], 4),
      signed(moved[t], 1),
      ...(isTouched ? [number(plain.probabilities[t], 4)] : []),
    ]);
    return { head, rows };
  });
  return {
    elements: [picture, values.element],
    draw() {
      const { reading, trace, plain, step, isTouched } = explorer.scene;
      const grid = columns(explorer.width, trace.steps);
      const labels = wordLabels(reading, grid, HEIGHT, step);
      const y = (/** @type {number} */ p) => 8 + (HEIGHT - 16) * (1 - p);
      const points = (/** @type {Float32Array} */ p) => Array.from(p, (value, t) => [grid.middle(t), y(value)]);
      picture.setAttribute("viewBox", `0 0 ${explorer.width} ${HEIGHT + labels.height}`);
      picture.setAttribute("height", String(HEIGHT + labels.height));
      picture.setAttribute("aria-label", spoken(reading, trace));
      picture.replaceChildren(
        ...[0, 0.25, 0.5, 0.75, 1].flatMap((p) => [
          svg("line", { x1: grid.left, x2: grid.end, y1: y(p), y2: y(p), class: p === 0.5 ? "lx-half" : "lx-grid" }),
          svg("text", { x: grid.left - 6, y: y(p) + 4, "text-anchor": "end" }, `${100 * p} %`),
        ]),
        cursor(grid, step, HEIGHT),
        isTouched ? svg("path", { d: path(points(plain.probabilities)), class: "lx-plain" }) : "",
        svg("path", { d: path(points(trace.probabilities)), class: "lx-line" }),
        ...(grid.each >= 7 ? points(trace.probabilities).map(([x, at]) => svg("circle", { cx: x, cy: at, r: 2.6, class: "lx-dot" })) : []),
        svg("circle", { cx: grid.middle(step), cy: y(trace.probabilities[step]), r: 6, class: "lx-ring" }),
        ...labels.elements,
      );
      values.refresh();
    },
  };
}

/** @param {import("./words.js").Reading} reading @param {import("./lstm.js").Trace} trace */
function spoken(reading, trace) {
  const p = trace.probabilities;
  return `The probability of positive after each of ${reading.ids.length} tokens: ${percent(p[0])} at first, ${percent(p[p.length - 1])} at the end. The table below has all of them.`;
}

/** @param {import("./draw.js").Columns} grid */
export const cursor = (grid, step, height) =>
  svg("rect", { x: grid.left + grid.each * step, width: Math.max(2, grid.each), y: 0, height, class: "lx-cursor" });

/** Words along the axis, slanted where there is room for them, else the chosen one alone. */
export function wordLabels(reading, grid, top, step) {
  const roomy = grid.each >= 11;
  const clipped = (/** @type {string} */ word) => (word.length > 14 ? `${word.slice(0, 13)}…` : word);
  const name = (/** @type {number} */ t) => clipped(reading.words[t] === "<start>" ? "start" : bare(reading.written[t]) || "·");
  const elements = reading.ids.flatMap((_, t) => {
    if (!roomy && t !== step) return [];
    const x = grid.middle(t) + (roomy ? 4 : 0);
    const turned = roomy ? `rotate(-50 ${x} ${top + 10})` : null;
    const anchor = roomy ? "end" : t < reading.ids.length / 2 ? "start" : "end";
    return [svg("text", { x, y: top + 10, transform: turned, "text-anchor": anchor, class: t === step ? "lx-chosen" : null }, name(t))];
  });
  const longest = Math.max(...reading.ids.map((_, t) => name(t).length));
  return { elements, height: roomy ? 18 + Math.round(5.4 * longest) : 18 };
}
