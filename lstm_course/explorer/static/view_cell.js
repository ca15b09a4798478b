// One step of one unit: the cell diagram of notebook 04 with the numbers in it, part by part.

import { bare, html, number, signed, svg } from "./draw.js";
import { NAMES } from "./names.js";
import { PARTS } from "./state.js";

const BEAT = 1800; // milliseconds a part stays while it plays
const GATE_PART = { f: 1, g: 2, i: 3, o: 5 };
const COLUMN = { f: 245, i: 395, g: 535, o: 675 };
const [TOP, BOX, BUS] = [65, 285, 370]; // heights of the cell state, the gates and what feeds them

/** Everything that is written into the diagram. @param {import("./explorer.js").Explorer} explorer */
function numbers(explorer) {
  const { scene, state, model } = explorer;
  const { trace, reading, step, hands } = scene;
  const { unit } = state;
  const at = step * trace.units + unit;
  const before = step ? trace.c[at - trace.units] : trace.before.c[unit];
  const [i, f, g, o, c, h] = [trace.i[at], trace.f[at], trace.g[at], trace.o[at], trace.c[at], trace.h[at]];
  const sums = model.lstm.arithmetic(reading.ids, trace, step, unit, hands);
  const held = { i: hands.held.i[unit], f: hands.held.f[unit], o: hands.held.o[unit], g: NaN };
  const word = bare(reading.written[step]) || "start";
  const weight = model.lstm.dense[unit];
  return { word, unit, before, i, f, g, o, c, h, sums, held, weight, ablated: hands.ablated[unit] === 1, squashed: Math.tanh(c) };
}

/** @typedef {ReturnType<typeof numbers>} Numbers */

/** What each part does, in a sentence with its numbers. @param {Numbers} n @param {number} part */
function sentence(n, part) {
  const share = (/** @type {number} */ gate) => `${Math.round(100 * gate)} %`;
  const said = [
    `The forget gate is ${number(n.f)}: of the ${number(n.before)} that unit ${n.unit} held before “${n.word}”, ${share(n.f)} is kept, ${number(n.f * n.before)}.`,
    `The candidate is ${number(n.g)}: what unit ${n.unit} could write at “${n.word}”.`,
    `The input gate is ${number(n.i)}: ${share(n.i)} of the candidate is let in, ${number(n.i * n.g)}.`,
    `Kept ${number(n.f * n.before, 3)} and let in ${number(n.i * n.g, 3)}: the new cell state is ${number(n.c, 3)}.`,
    n.ablated
      ? `Unit ${n.unit} is ablated: whatever its cell state, it shows 0.`
      : `The output gate is ${number(n.o)}: ${share(n.o)} of tanh(${number(n.c)}) = ${number(n.squashed)} is shown, a hidden state of ${number(n.h)}.`,
    `Its weight in the verdict is ${number(n.weight)}, so after “${n.word}” unit ${n.unit} puts ${signed(n.weight * n.h)} on the log-odds of “positive”.`,
  ];
  return said[part - 1];
}

/** @param {import("./explorer.js").Explorer} explorer */
export function cell(explorer) {
  const picture = svg("svg", { viewBox: "0 0 960 425", class: "lx-cell", role: "img" });
  const says = html("p", { class: "lx-says", role: "status" });
  const where = html("p", { class: "lx-note" });
  const body = html("tbody", {});
  const lines = html("div", { class: "lx-lines" });
  let playing = 0;

  const stop = () => {
    clearInterval(playing);
    playing = 0;
    play.textContent = "▶ Play";
  };
  const word = (/** @type {number} */ by) => {
    const { step, trace } = explorer.scene;
    return explorer.set({ word: Math.max(0, Math.min(trace.steps - 1, step + by)) }, "again");
  };
  const part = (/** @type {number} */ by) => {
    const { step, trace } = explorer.scene;
    const next = explorer.state.part + by;
    if (next >= 1 && next <= PARTS) explorer.set({ part: next }, "again");
    else if (by > 0 && step < trace.steps - 1) explorer.set({ word: step + 1, part: 1 }, "again");
    else if (by < 0 && step > 0) explorer.set({ word: step - 1, part: PARTS }, "again");
    else stop();
  };
  const button = (/** @type {string} */ text, /** @type {() => void} */ act) =>
    html("button", { type: "button", click: () => (stop(), act()) }, text);
  const play = html("button", { type: "button", class: "lx-play" }, "▶ Play");
  play.addEventListener("click", () => {
    if (playing) return stop();
    const { step, trace } = explorer.scene;
    if (step === trace.steps - 1 && explorer.state.part === PARTS) explorer.set({ word: 0, part: 1 }, "again");
    playing = setInterval(() => (explorer.element.isConnected ? part(1) : stop()), BEAT);
    play.textContent = "❚❚ Pause";
  });

  const head = ["gate", "from the word", "from the state before", "bias", "sum", "value"].map((name) => html("th", { scope: "col" }, name));
  const sums = html("table", {}, html("caption", {}, "Table: the arithmetic of each gate. The state before is the hidden state of all 64 units."), html("thead", {}, html("tr", {}, ...head)), body);
  return {
    elements: [
      where,
      html("div", { class: "lx-row" }, button("◀ word", () => word(-1)), button("◀ part", () => part(-1)), play, button("part ▶", () => part(1)), button("word ▶", () => word(1))),
      says,
      html("div", { class: "lx-wide", tabindex: 0, role: "region", "aria-label": "Diagram of the cell" }, picture),
      lines,
      html("div", { class: "lx-wide lx-sums", tabindex: 0, role: "region", "aria-label": "Arithmetic of the gates" }, sums),
    ],
    draw() {
      const n = numbers(explorer);
      const { part: now } = explorer.state;
      where.textContent = `Unit ${n.unit} at “${n.word}”, part ${now} of ${PARTS}. Choose another unit or word in the map, or a word above.`;
      if (says.textContent !== sentence(n, now)) says.textContent = sentence(n, now);
      picture.setAttribute("aria-label", `The LSTM cell of unit ${n.unit} at “${n.word}”. ${[1, 2, 3, 4, 5, 6].map((each) => sentence(n, each)).join(" ")}`);
      picture.replaceChildren(...diagram(n, now));
      body.replaceChildren(...["f", "g", "i", "o"].map((name) => arithmeticRow(n, name, now)));
      lines.replaceChildren(
        html("p", { class: now === 4 ? "lx-now" : null }, `c = ${number(n.f)} × ${number(n.before)} + ${number(n.i)} × ${number(n.g)} = ${number(n.c)}`),
        html("p", { class: now === 5 ? "lx-now" : null }, n.ablated ? "h = 0 (ablated)" : `h = ${number(n.o)} × tanh(${number(n.c)}) = ${number(n.h)}`),
      );
    },
  };
}

/** @param {Numbers} n @param {string} name */
function arithmeticRow(n, name, now) {
  const { word, state, bias, sum } = n.sums[name];
  const value = Number.isNaN(n.held[name]) ? `${name === "g" ? "tanh" : "σ"}(${number(sum)}) =\u00a0${number(n[name])}` : `held at ${number(n[name])}`;
  const cells = [number(word), signed(state), signed(bias), number(sum), value].map((text) => html("td", {}, text));
  const label = html("b", { class: `lx-ink-${name}` }, `${NAMES[name].mark} ${NAMES[name].name}`);
  return html("tr", { class: GATE_PART[name] === now ? "lx-now" : null }, html("th", { scope: "row" }, label), ...cells);
}

/** The pieces of the picture; those of later parts are pale. @param {Numbers} n @param {number} now */
function diagram(n, now) {
  const group = (/** @type {number} */ part, /** @type {Node[]} */ ...children) =>
    svg("g", { class: part > now ? "lx-later" : part === now && now < PARTS ? "lx-here" : null }, ...children);
  const wire = (/** @type {string} */ name, /** @type {string} */ d, arrow = true) =>
    svg("path", { d, class: `lx-wire lx-stroke-${name}`, "marker-end": arrow ? "url(#lx-arrow)" : null });
  const label = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text, /** @type {string} */ name, anchor = "middle") =>
    svg("text", { x, y, "text-anchor": anchor, class: `lx-fill-${name}` }, text);
  const circle = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ sign, /** @type {string} */ name) =>
    svg("g", {}, svg("circle", { cx: x, cy: y, r: 16, class: `lx-op lx-stroke-${name}` }), svg("text", { x, y: y + 7, "text-anchor": "middle", class: "lx-sign" }, sign));
  const gate = (/** @type {"i" | "f" | "g" | "o"} */ name) => {
    const x = COLUMN[name];
    const inside = Number.isNaN(n.held[name]) ? `${name === "g" ? "tanh" : "σ"}(${number(n.sums[name].sum)})` : "held";
    return svg(
      "g",
      {},
      wire("quiet", `M${x} ${BUS}V${BOX + 37}`),
      svg("rect", { x: x - 62, y: BOX - 36, width: 124, height: 72, rx: 8, class: `lx-gate lx-stroke-${name}` }),
      label(x, BOX - 8, `${NAMES[name].mark} ${NAMES[name].name}`, name),
      label(x, BOX + 20, inside, "ink"),
    );
  };
  return [
    svg("defs", {}, svg("marker", { id: "lx-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" }, svg("path", { d: "M0 0L8 4L0 8Z", class: "lx-head" }))),
    svg("rect", { x: 135, y: 10, width: 695, height: 400, rx: 12, class: "lx-frame" }),
    wire("quiet", `M100 ${BUS}H675`, false),
    label(52, TOP - 12, "old c", "c"),
    label(52, TOP + 12, number(n.before), "ink"),
    label(52, BUS - 14, `“${n.word.length > 11 ? `${n.word.slice(0, 10)}…` : n.word}”`, "quiet"),
    label(52, BUS + 8, "and h", "quiet"),
    label(52, BUS + 28, "before it", "quiet"),
    group(1, gate("f"), wire("f", `M245 ${BOX - 36}V${TOP + 17}`), label(254, 170, `f ${number(n.f)}`, "f", "start"), wire("c", `M90 ${TOP}H228`), circle(245, TOP, "×", "f"), wire("c", `M261 ${TOP}H518`), label(390, TOP - 12, `kept ${number(n.f * n.before)}`, "f")),
    group(2, gate("g"), wire("g", `M535 ${BOX - 36}V182`), label(544, 222, `c̃ ${number(n.g)}`, "g", "start")),
    group(3, gate("i"), wire("i", `M395 ${BOX - 36}V165H518`), label(404, 222, `i ${number(n.i)}`, "i", "start"), circle(535, 165, "×", "i"), wire("i", `M535 148V${TOP + 17}`), label(544, 122, `let in ${number(n.i * n.g)}`, "i", "start")),
    group(4, circle(535, TOP, "+", "c"), wire("c", `M551 ${TOP}H872`), label(912, TOP - 12, "new c", "c"), label(912, TOP + 12, number(n.c), "ink")),
    group(
      5,
      gate("o"),
      wire("o", `M675 ${BOX - 36}V222H753`),
      label(666, 240, `o ${number(n.o)}`, "o", "end"),
      wire("h", `M770 ${TOP}V120`),
      svg("rect", { x: 733, y: 122, width: 74, height: 42, rx: 8, class: "lx-gate lx-stroke-h" }),
      label(770, 149, "tanh", "h"),
      wire("h", "M770 164V204"),
      label(779, 190, number(n.squashed), "ink", "start"),
      circle(770, 222, "×", "o"),
      wire("h", `M770 238V${BUS}H872`),
      label(912, BUS - 12, "h", "h"),
      label(912, BUS + 12, number(n.h), "ink"),
    ),
  ];
}
