// The box to write in, the sentences to choose from, and the verdict.

import { html, percent } from "./draw.js";
import { EXAMPLES } from "./names.js";
import { shuffled } from "./words.js";

const LONGEST = 500_000; // characters that fit into the box

/** @param {import("./explorer.js").Explorer} explorer */
export function textBox(explorer) {
  const box = html("textarea", { rows: 3, maxlength: LONGEST, spellcheck: "false", dir: "auto", placeholder: "Write a review of a film." });
  box.addEventListener("input", () => explorer.set({ text: box.value, word: null }, "typing"));
  const clipped = (/** @type {string} */ text) => (text.length > 64 ? `${text.slice(0, 62)}…` : text);
  const chosen = html("select", {}, html("option", { value: "" }, "or take one of ours …"), ...EXAMPLES.map((text, place) => html("option", { value: place }, clipped(text))));
  chosen.addEventListener("change", () => {
    if (chosen.value) explorer.set({ text: EXAMPLES[Number(chosen.value)], word: null });
    chosen.value = "";
  });
  const button = (/** @type {string} */ text, /** @type {() => void} */ click) => html("button", { type: "button", click }, text);
  const undo = button("Undo", () => explorer.undo());
  const shuffle = button("Shuffle the words", () => explorer.set({ text: shuffled(explorer.state.text), word: null }));
  return {
    elements: [
      html("label", { class: "lx-box" }, html("span", {}, "Your review"), box),
      html("div", { class: "lx-row" }, html("label", { class: "lx-pick" }, html("span", { class: "lx-hidden" }, "A sentence of ours"), chosen), shuffle, undo),
    ],
    draw() {
      if (box.value !== explorer.state.text) box.value = explorer.state.text;
      undo.disabled = !explorer.canUndo;
    },
  };
}

/** @param {import("./explorer.js").Explorer} explorer */
export function verdict(explorer) {
  const says = html("b", {});
  const why = html("span", { class: "lx-note" });
  const bar = html("span", {});
  let spoken = 0;
  const live = html("p", { class: "lx-hidden", role: "status" });
  return {
    elements: [html("div", { class: "lx-verdict" }, says, html("span", { class: "lx-bar", "aria-hidden": "true" }, bar), why), live],
    draw() {
      const { trace, plain, reading, isTouched } = explorer.scene;
      const [now, before] = [trace, plain].map(({ probabilities, steps }) => probabilities[steps - 1]);
      says.textContent = `${percent(now)} positive`;
      bar.style.setProperty("width", percent(now).replace(" ", ""));
      bar.className = now > 0.5 ? "lx-for" : "lx-against";
      const known = reading.words.some((word) => !word.startsWith("<"));
      const nothing = reading.total ? "The model knows none of these words" : "Nothing is written yet";
      why.textContent = isTouched
        ? `Untouched, the network says ${percent(before)}.`
        : known
          ? ""
          : `${nothing}: this is what it says before it has read anything it knows.`;
      clearTimeout(spoken);
      spoken = setTimeout(() => (live.textContent = `${says.textContent}. ${why.textContent}`), 700);
    },
  };
}
