// The explorer: a trained LSTM that reads in front of you. Nothing that is typed leaves the page.
//
//   mount(element, files, options)   build it from the model's files, for a page or a test
//   start(element, options)          fetch the files that lie beside this one, then mount
//   default.render                   the widget in JupyterLab (anywidget)

import { html, resolved } from "./draw.js";
import { build } from "./model.js";
import { EXAMPLES } from "./names.js";
import { fromHash, handsOf, toHash, touched, UNTOUCHED } from "./state.js";
import { cell } from "./view_cell.js";
import { gradients } from "./view_gradient.js";
import { experiments, sliders } from "./view_hands.js";
import { unitMap } from "./view_units.js";
import { textBox, verdict } from "./view_verdict.js";
import { probabilityChart, wordList } from "./view_words.js";
import { read } from "./words.js";

const AT_ONCE = 4; // views that a keystroke draws: text, verdict, words, probability; the others follow in the next frame
const PAUSE = 600; // milliseconds without a keystroke after which a text is a step to undo, and stands in the address

/** @typedef {import("./state.js").State} State */

/** @typedef {{text?: string, hash?: boolean}} Options the text at first; whether the address holds the state */

export class Explorer {
  /** @param {HTMLElement} element @param {import("./model.js").Model} model @param {Options} options */
  constructor(element, model, options) {
    this.element = element;
    this.model = model;
    this.hash = options.hash ?? false;
    /** @type {State[]} */
    this.past = [];
    [this.typing, this.frame, this.rest] = [0, 0, 0]; // timers
    this.colours = new Map();
    /** @type {State} */
    this.state = { ...UNTOUCHED, unit: strongest(model.lstm.dense), text: options.text ?? EXAMPLES[0] };
    if (this.hash) Object.assign(this.state, fromHash(location.hash, model.lstm.units));
    this.listen();
    this.scene = this.look();
    this.views = this.lay();
    this.measure();
    this.draw();
  }

  /** The pictures and their places. */
  lay() {
    const all = [];
    const section = (/** @type {string} */ title, /** @type {string} */ name, /** @type {((explorer: Explorer) => any)[]} */ makers) => {
      const views = makers.map((make) => make(this));
      all.push(...views);
      const parts = views.flatMap((view) => view.elements);
      if (!title) return html("div", { class: `lx-${name}` }, ...parts);
      return html("section", { class: `lx-${name}`, "aria-label": title }, html("h3", {}, title), ...parts);
    };
    this.element.replaceChildren(
      html(
        "div",
        { class: "lx-page" },
        section("Write a review", "write", [textBox]),
        section("", "answer", [verdict]),
        section("What each word moved", "moved", [wordList, probabilityChart]),
        section("Take a hand in it", "hands", [experiments, sliders]),
        section("All 64 units, word by word", "units", [unitMap]),
        section("Inside one unit, at one word", "inside", [cell]),
        section("The gradient, back through time", "gradient", [gradients]),
      ),
    );
    return all;
  }

  /** What follows from the state: the text as it was read, with the hands and without. */
  look() {
    const { state, model } = this;
    const old = this.scene;
    const reading = old?.text === state.text ? old.reading : read(state.text, model.ranks);
    const plain = model.lstm.read(reading.ids, undefined, old?.plain);
    const isTouched = touched(state);
    const { hold, off, bias } = state;
    const still = old && old.hold === hold && old.off === off && old.bias === bias ? old : null;
    const hands = still?.hands ?? handsOf(state, model.lstm.units);
    const trace = isTouched ? model.lstm.read(reading.ids, hands, still?.trace) : plain;
    const step = Math.min(state.word ?? trace.steps - 1, trace.steps - 1);
    return { text: state.text, reading, plain, trace, hands, hold, off, bias, isTouched, step };
  }

  /**
   * Changes the state and draws what follows.
   * @param {Partial<State>} changes
   * @param {"typing" | "again" | ""} how typing: many of these are one step to undo; again: none at all
   */
  set(changes, how = "") {
    if (how === "" || (how === "typing" && !this.typing)) this.past.push({ ...this.state });
    clearTimeout(this.typing);
    this.typing = how === "typing" ? setTimeout(() => this.settle(), PAUSE) : 0;
    Object.assign(this.state, changes);
    this.scene = this.look();
    this.draw();
    if (!this.typing) this.settle();
  }

  undo() {
    const before = this.past.pop();
    if (before) this.set(before, "again");
  }

  get canUndo() {
    return this.past.length > 0;
  }

  /** Ends a run of keystrokes, and writes the state into the address. */
  settle() {
    this.typing = 0;
    if (this.hash) history.replaceState(history.state, "", toHash(this.state));
  }

  draw() {
    this.leaveRest();
    const rest = () => this.views.slice(AT_ONCE).forEach((view) => view.draw());
    for (const view of this.views.slice(0, AT_ONCE)) view.draw();
    if (this.typing) this.frame = requestAnimationFrame(() => (this.rest = setTimeout(rest)));
    else rest();
  }

  /** What was to be drawn after a keystroke is left to the next one. */
  leaveRest() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
  }

  /** Asks for the width of the pictures; when nothing but the text has changed, that would only cost a layout. */
  measure() {
    this.width = Math.max(280, Math.min(1100, this.element.querySelector(".lx-page")?.clientWidth ?? 800));
  }

  /** A colour of the style sheet, as numbers. @param {string} name such as "--ink" */
  colour(name) {
    if (!this.colours.has(name)) this.colours.set(name, resolved(this.element.querySelector(".lx-page") ?? this.element, `var(${name})`));
    return this.colours.get(name);
  }

  /** Draws again when the width or the theme changes, and follows the address. */
  listen() {
    const again = () => {
      this.colours.clear();
      this.measure();
      this.draw();
    };
    this.element.classList.add("lstm-explorer");
    const sized = new ResizeObserver(() => {
      if (this.views && this.element.clientWidth && this.element.clientWidth !== this.drawnAt) {
        this.drawnAt = this.element.clientWidth;
        again();
      }
    });
    sized.observe(this.element);
    const themed = new MutationObserver(again);
    for (const root of [document.documentElement, document.body]) {
      themed.observe(root, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] });
    }
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    const moved = () => this.set(fromHash(location.hash, this.model.lstm.units));
    if (this.hash) addEventListener("hashchange", moved);
    this.stop = () => {
      sized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", again);
      removeEventListener("hashchange", moved);
      clearTimeout(this.typing);
      this.leaveRest();
    };
  }
}

/** The unit with the largest weight in the verdict. @param {Float32Array} dense */
const strongest = (dense) => dense.reduce((best, weight, unit) => (Math.abs(weight) > Math.abs(dense[best]) ? unit : best), 0);

/**
 * Builds the explorer in an element.
 * @param {HTMLElement} element
 * @param {import("./model.js").Files} files
 * @param {Options} options
 */
export async function mount(element, files, options = {}) {
  return new Explorer(element, await build(files), options);
}

/**
 * Fetches the files that lie beside this module, with a progress bar, and mounts the explorer.
 * @param {HTMLElement} element
 * @param {Options} options
 */
export async function start(element, options = {}) {
  const folder = new URL(".", import.meta.url);
  element.classList.add("lstm-explorer");
  if (!document.querySelector('link[href$="explorer.css"]')) {
    document.head.append(html("link", { rel: "stylesheet", href: new URL("explorer.css", folder) }));
  }
  const bar = html("progress", { max: 1, value: 0, "aria-label": "Fetching the trained network" });
  element.replaceChildren(html("p", {}, "Fetching the trained network, 5 MB, once: "), bar);
  try {
    const [weights, rnn, words] = await Promise.all([
      fetched(new URL("source.npz", folder), (share) => bar.setAttribute("value", String(share))),
      fetched(new URL("simple-rnn.npz", folder)),
      fetched(new URL("source.txt", folder)),
    ]);
    return await mount(element, { weights, rnn, words: new TextDecoder().decode(words) }, { hash: true, ...options });
  } catch (error) {
    element.replaceChildren(html("p", { role: "alert" }, `The network could not be loaded: ${/** @type {Error} */ (error).message}. Reload the page to try again.`));
    throw error;
  }
}

/** @param {URL} url @param {(share: number) => void} [progress] from 0 to 1 */
async function fetched(url, progress = () => {}) {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url.pathname} answered ${response.status}`);
  const total = Number(response.headers.get("content-length")) || 5_000_000;
  const chunks = [];
  let got = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    progress(Math.min(1, (got += part.value.length) / total));
  }
  return new Blob(chunks).arrayBuffer();
}

/** The widget: the kernel sends the files when it is asked for them, so that they are no part of a saved state. */
function render({ model, el }) {
  /** @type {Explorer | undefined} */
  let explorer;
  let answered = false;
  let wait = 2_000;
  let again = 0;
  const ask = () => {
    again = setTimeout(ask, (wait *= 2)); // a question was seen to go unanswered while a notebook ran
    model.send("files");
  };
  const whole = (/** @type {DataView} */ view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const receive = async (message, buffers) => {
    if (message !== "files" || answered) return;
    answered = true; // each question may have its answer
    clearTimeout(again);
    const [weights, rnn, words] = buffers.map(whole);
    explorer = await mount(el, { weights, rnn, words: new TextDecoder().decode(words) }, { text: model.get("text") || undefined });
  };
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes keys that are meant for the explorer
  el.append(html("p", {}, "The trained network is on its way. If nothing comes, run this cell."));
  model.on("msg:custom", receive);
  ask();
  return () => {
    clearTimeout(again);
    model.off("msg:custom", receive);
    explorer?.stop();
  };
}

export default { render };
