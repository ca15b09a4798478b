// What a person has chosen, as an object, as the text of an address, and as the hands that the LSTM is read with.

import { GATES, noHands, QUANTITIES } from "./lstm.js";

/**
 * @typedef {object} State
 * @property {string} text the review
 * @property {number | null} word the step that is looked at; null for the last one
 * @property {number} unit the unit that is followed
 * @property {import("./lstm.js").Quantity} show what the map of units shows
 * @property {"unit" | "mean" | "weight"} sort the order of its rows
 * @property {number} part how much of the step in the cell is shown, 1 to 6
 * @property {Record<string, number>} hold values of gates: "f" for all units, "f12" for unit 12 alone
 * @property {number[]} off the ablated units
 * @property {number} bias what is added to the forget gates' bias
 */

export const PARTS = 6;
export const SORTS = /** @type {const} */ (["unit", "mean", "weight"]);

/** @type {Omit<State, "text">} */
export const UNTOUCHED = { word: null, unit: 0, show: "c", sort: "weight", part: 1, hold: {}, off: [], bias: 0 };

/** What the hands of a state change. */
export const HANDS_OFF = { hold: {}, off: [], bias: 0 };

/** @param {State} state */
export const touched = ({ hold, off, bias }) => Boolean(Object.keys(hold).length || off.length || bias);

/** @param {State} state @param {number} units @returns {import("./lstm.js").Hands} */
export function handsOf(state, units) {
  const hands = noHands(units);
  const entries = Object.entries(state.hold).sort(([one], [other]) => one.length - other.length); // all units first
  for (const [name, value] of entries) {
    const held = hands.held[/** @type {"i" | "f" | "o"} */ (name[0])];
    if (name.length === 1) held.fill(value);
    else held[Number(name.slice(1))] = value;
  }
  for (const unit of state.off) hands.ablated[unit] = 1;
  hands.forgetBias = state.bias;
  return hands;
}

/** @param {State} state */
export function toHash(state) {
  const entries = new URLSearchParams({ t: state.text, u: String(state.unit), show: state.show, sort: state.sort });
  if (state.word !== null) entries.set("w", String(state.word));
  if (state.part !== UNTOUCHED.part) entries.set("part", String(state.part));
  const hold = Object.entries(state.hold).map(([name, value]) => `${name}:${value}`);
  if (hold.length) entries.set("hold", hold.join(","));
  if (state.off.length) entries.set("off", state.off.join(","));
  if (state.bias) entries.set("bias", String(state.bias));
  return `#${entries}`;
}

/**
 * Reads a state from an address; whatever in it is no part of a state is left out.
 * @param {string} hash
 * @param {number} units
 * @returns {Partial<State>}
 */
export function fromHash(hash, units) {
  const entries = new URLSearchParams(hash.replace(/^#/, ""));
  if (!entries.has("t")) return {};
  /** @type {Partial<State>} */
  const state = { text: entries.get("t") ?? "" };
  const whole = (/** @type {string | null} */ text, /** @type {number} */ below) =>
    text !== null && /^\d{1,4}$/.test(text) && Number(text) < below ? Number(text) : null;
  state.word = whole(entries.get("w"), 100);
  const unit = whole(entries.get("u"), units);
  if (unit !== null) state.unit = unit;
  state.part = whole(entries.get("part"), PARTS + 1) || UNTOUCHED.part;
  state.show = QUANTITIES.find((name) => name === entries.get("show")) ?? UNTOUCHED.show;
  state.sort = SORTS.find((name) => name === entries.get("sort")) ?? UNTOUCHED.sort;
  const bias = Number(entries.get("bias"));
  state.bias = Math.abs(bias) <= 6 ? bias : 0;
  const off = (entries.get("off") ?? "").split(",").map((unit) => whole(unit, units));
  state.off = [...new Set(off.filter((unit) => unit !== null))];
  state.hold = {};
  for (const part of (entries.get("hold") ?? "").split(",")) {
    const [, gate, unit, value] = part.match(/^([a-z])(\d*):(\d(?:\.\d+)?)$/) ?? [];
    if (!GATES.includes(/** @type {any} */ (gate)) || Number(value) > 1) continue;
    if (!unit || Number(unit) < units) state.hold[gate + (unit && Number(unit))] = Number(value);
  }
  return state;
}
