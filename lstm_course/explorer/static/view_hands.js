// Take a hand in it: hold gates, ablate a unit, move the forget gates' bias, and see what becomes of the verdict.

import { bare, html, number, percent, signed } from "./draw.js";
import { GATES } from "./lstm.js";
import { EXAMPLES, EXPERIMENTS, NAMES } from "./names.js";
import { HANDS_OFF } from "./state.js";
import { changes } from "./view_words.js";

const ink = (/** @type {string} */ name, /** @type {string} */ text) => html("b", { class: `lx-ink-${name}` }, text);

/** The four experiments, and what came of the one that is on. @param {import("./explorer.js").Explorer} explorer */
export function experiments(explorer) {
  const cards = EXPERIMENTS.map(({ hold, label, ask }) => {
    const button = html("button", { type: "button" }, label);
    button.addEventListener("click", () => explorer.set(button.getAttribute("aria-pressed") === "true" ? HANDS_OFF : { ...HANDS_OFF, hold }));
    return { hold, button, element: html("div", {}, button, html("p", { class: "lx-note" }, ask)) };
  });
  const outcome = html("p", { class: "lx-outcome" });
  const early = html("button", { type: "button", click: () => explorer.set({ text: EXAMPLES[1], word: null }) }, "Take a review whose strong words come first");
  const reset = html("button", { type: "button", click: () => explorer.set(HANDS_OFF) }, "Hands off");
  return {
    elements: [
      html("p", {}, "Each of the 64 units holds one number, its ", ink("c", "cell state"), ". At every word the unit replaces it:"),
      html("p", { class: "lx-equation" }, ink("c", "new"), " = ", ink("f", "forget gate"), " × ", ink("c", "old"), " + ", ink("i", "input gate"), " × ", ink("g", "candidate")),
      html("p", {}, "A gate is a number from 0 to 1, which each unit sets anew at every word. The ", ink("f", "forget gate"), " is the share of the old number that is kept: 1 keeps all of it, 0 forgets it. The ", ink("i", "input gate"), " is the share of the ", ink("g", "candidate"), ", what the word offers, that is written."),
      html("p", {}, "What does a forget gate do? Predict first, then press: hold it at 0, then at 1, and see what the first words still count at the end. 50 % is undecided. The dashed line above is the network without your hand in it."),
      html("div", { class: "lx-row" }, early, reset),
      html("div", { class: "lx-cards" }, ...cards.map(({ element }) => element)),
      outcome,
    ],
    draw() {
      const { state, scene } = explorer;
      reset.disabled = !scene.isTouched;
      const now = JSON.stringify([state.hold, state.off, state.bias]);
      const on = EXPERIMENTS.find(({ hold }) => JSON.stringify([hold, [], 0]) === now);
      for (const { hold, button } of cards) button.setAttribute("aria-pressed", String(on?.hold === hold));
      outcome.textContent = scene.isTouched ? `${on ? `${on.then} ` : ""}${story(scene)}` : "";
    },
  };
}

/** What became of the word that moved the untouched network most. @param {import("./explorer.js").Explorer["scene"]} scene */
function story({ reading, plain, trace }) {
  const moved = changes(plain);
  const word = moved.reduce((best, value, t) => (Math.abs(value) > Math.abs(moved[best]) ? t : best), 0);
  const last = trace.steps - 1;
  const said = (/** @type {import("./lstm.js").Trace} */ { probabilities }) =>
    word === last ? `${percent(probabilities[last])} at the end` : `${percent(probabilities[word])} right after it and ${percent(probabilities[last])} at the end`;
  const name = bare(reading.written[word]) || "start";
  return `The word that moves the untouched network most is “${name}” (${signed(moved[word], 0)} points). Untouched, it says ${said(plain)}; now ${said(trace)}.`;
}

/** Sliders for gates and bias. @param {import("./explorer.js").Explorer} explorer */
export function sliders(explorer) {
  const scope = html("select", { change: () => explorer.draw() }, html("option", { value: "all" }, "all 64 units"), html("option", { value: "one" }));
  const key = (/** @type {string} */ gate) => (scope.value === "all" ? gate : gate + explorer.state.unit);
  const held = (/** @type {string} */ gate) => explorer.state.hold[key(gate)];
  const rows = GATES.toSorted().map((gate) => {
    const { name, mark } = NAMES[gate];
    const box = html("input", { type: "checkbox" });
    const range = html("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": `value of the ${name}` });
    const output = html("output", {});
    box.addEventListener("change", () => {
      const { [key(gate)]: _, ...others } = explorer.state.hold;
      explorer.set({ hold: box.checked ? { ...others, [key(gate)]: Number(range.value) } : others });
    });
    range.addEventListener("input", () => explorer.set({ hold: { ...explorer.state.hold, [key(gate)]: Number(range.value) } }, "typing"));
    return { gate, box, range, output, element: html("div", { class: "lx-slider" }, html("label", {}, box, " hold the ", ink(gate, `${mark} ${name}`), " at"), range, output) };
  });
  const bias = html("input", { type: "range", min: -6, max: 6, step: 0.25, id: "lx-bias", "aria-label": "added to the bias of every forget gate" });
  bias.addEventListener("input", () => explorer.set({ bias: Number(bias.value) }, "typing"));
  const biasOutput = html("output", {});
  const ablate = html("input", { type: "checkbox" });
  ablate.addEventListener("change", () => {
    const { off, unit } = explorer.state;
    explorer.set({ off: ablate.checked ? [...off, unit] : off.filter((other) => other !== unit) });
  });
  const ablateLabel = html("span", {});
  const others = html("span", { class: "lx-note" });
  const biasRow = html("div", { class: "lx-slider" }, html("span", {}, "add to the ", ink("f", "▼ forget gates’"), " bias"), bias, biasOutput);
  return {
    elements: [
      html("h4", {}, "By your own hand"),
      html("p", { class: "lx-note" }, "It is in the network from the first word on; the padding before the text is read untouched."),
      html("div", { class: "lx-row" }, html("label", {}, "Gates of ", scope)),
      ...rows.map(({ element }) => element),
      biasRow,
      html("div", { class: "lx-row" }, html("label", {}, ablate, " ", ablateLabel), others),
    ],
    draw() {
      const { state, scene } = explorer;
      scope.options[1].textContent = `unit ${state.unit} alone (choose another in the map)`;
      for (const { gate, box, range, output } of rows) {
        const value = held(gate);
        const free = mean(scene.trace, gate, scope.value === "all" ? null : state.unit);
        box.checked = value !== undefined;
        if (document.activeElement !== range || value !== undefined) range.value = String(value ?? free);
        output.textContent = value === undefined ? `free, mean ${number(free)}` : number(value);
      }
      bias.value = String(state.bias);
      biasOutput.textContent = state.bias ? `${signed(state.bias)}${state.hold.f === undefined ? "" : ": no effect on a held gate"}` : "0, as trained";
      ablate.checked = state.off.includes(state.unit);
      ablateLabel.textContent = `ablate unit ${state.unit}: its hidden state is 0 at every word`;
      others.textContent = state.off.length ? `Ablated: ${state.off.join(", ")}.` : "";
    },
  };
}

/** The mean of a gate over the words, of all units or of one. @param {import("./lstm.js").Trace} trace */
function mean(trace, gate, unit) {
  const values = unit === null ? trace[gate] : trace[gate].filter((_, at) => at % trace.units === unit);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
