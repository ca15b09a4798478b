// The two networks, forward and backward through time. Names, shapes and the order of gates (i, f, c, o) are Keras's.
// Numbers are kept as float32; sums are taken in the double precision of JavaScript's own numbers.

import { MAXLEN } from "./words.js";

/** @typedef {import("./npz.js").Tensor} Tensor */
/** @typedef {"i" | "f" | "g" | "o" | "c" | "h"} Quantity gates i, f, o; g the candidate; c cell and h hidden state */

export const GATES = /** @type {const} */ (["i", "f", "o"]);
export const QUANTITIES = /** @type {const} */ (["f", "i", "g", "c", "o", "h"]); // in the order of a step
const BLOCK = { i: 0, f: 1, g: 2, o: 3 };
const PAD = 0;

/**
 * What a person has changed in the LSTM. It holds from the first token of the text; the pads before it are read unchanged.
 * @typedef {object} Hands
 * @property {{i: Float32Array, f: Float32Array, o: Float32Array}} held the value of each unit's gate, NaN where it is free
 * @property {Uint8Array} ablated 1 where the hidden state is kept at 0
 * @property {number} forgetBias what is added to the bias of every forget gate
 */

/**
 * A text as the LSTM read it: arrays (steps, units), one row a token.
 * @typedef {Record<Quantity, Float32Array> & {steps: number, units: number, logits: Float32Array,
 *   probabilities: Float32Array, before: {h: Float32Array, c: Float32Array}, ids: number[]}} Trace
 */

/** @param {number} x */
export const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** @param {number} units @returns {Hands} hands that are off */
export function noHands(units) {
  const free = () => new Float32Array(units).fill(NaN);
  return { held: { i: free(), f: free(), o: free() }, ablated: new Uint8Array(units), forgetBias: 0 };
}

/** Adds vector · matrix to a sum. @param {Float64Array} sum @param {ArrayLike<number>} vector @param {Float32Array} matrix */
function addProduct(sum, vector, matrix) {
  const width = sum.length;
  for (let row = 0; row < vector.length; row++) {
    const factor = vector[row];
    if (factor === 0) continue;
    for (let column = 0, at = row * width; column < width; column++, at++) sum[column] += factor * matrix[at];
  }
}

/** Returns matrix · vector, whose length four divides: one number a row. @param {Float32Array} matrix @param {Float64Array} vector */
function rowsTimes(matrix, vector) {
  const width = vector.length;
  const products = new Float64Array(matrix.length / width);
  for (let row = 0, at = 0; row < products.length; row++) {
    let [one, two, three, four] = [0, 0, 0, 0]; // four sums at once: no addition waits for the one before
    for (let column = 0; column < width; column += 4, at += 4) {
      one += matrix[at] * vector[column];
      two += matrix[at + 1] * vector[column + 1];
      three += matrix[at + 2] * vector[column + 2];
      four += matrix[at + 3] * vector[column + 3];
    }
    products[row] = one + two + three + four;
  }
  return products;
}

/** @param {Float64Array} vector */
function norm(vector) {
  let sum = 0;
  for (let place = 0; place < vector.length; place++) sum += vector[place] * vector[place];
  return Math.sqrt(sum);
}

/** What both networks share: the embedding, the product of a word with the kernel, and the verdict. */
class Network {
  /** @param {Tensor} embeddings @param {Record<string, Tensor>} arrays */
  constructor(embeddings, arrays) {
    this.embeddings = embeddings.data;
    this.features = embeddings.shape[1];
    this.kernel = arrays.kernel.data;
    this.recurrentKernel = arrays.recurrent_kernel.data;
    this.bias = arrays.bias.data;
    this.dense = arrays.dense_kernel.data;
    this.denseBias = arrays.dense_bias.data[0];
    this.units = this.dense.length;
    /** @type {Map<number, Float64Array>} */
    this.products = new Map();
  }

  /** The word's part of every sum: its vector times the kernel. @param {number} id */
  fromWord(id) {
    let product = this.products.get(id);
    if (!product) {
      product = new Float64Array(this.bias.length);
      addProduct(product, this.embeddings.subarray(id * this.features, (id + 1) * this.features), this.kernel);
      this.products.set(id, product);
    }
    return product;
  }

  /** All sums of a step, before any squashing. @param {number} id @param {Float32Array} h the state before */
  sums(id, h) {
    const sums = Float64Array.from(this.fromWord(id));
    for (let column = 0; column < sums.length; column++) sums[column] += this.bias[column];
    addProduct(sums, h, this.recurrentKernel);
    return sums;
  }

  /** The log-odds of "positive". @param {Float32Array} h */
  logit(h) {
    return h.reduce((sum, value, unit) => sum + value * this.dense[unit], this.denseBias);
  }
}

/** 1 where a gate is free, 0 where it is held and no gradient goes through. @param {Float32Array} held */
const isFree = (held) => Float64Array.from(held, (value) => (Number.isNaN(value) ? 1 : 0));

export class LSTM extends Network {
  /** @param {Record<string, Tensor>} arrays */
  constructor(arrays) {
    super(arrays.embeddings, arrays);
    this.untouched = noHands(this.units);
    let state = { h: new Float32Array(this.units), c: new Float32Array(this.units) };
    this.afterPads = [state]; // the state after so many pads
    for (let pads = 1; pads < MAXLEN; pads++) {
      const { h, c } = this.step(PAD, state, this.untouched);
      this.afterPads.push((state = { h, c }));
    }
  }

  /** One step. @param {number} id @param {{h: Float32Array, c: Float32Array}} state @param {Hands} hands */
  step(id, state, hands) {
    const { units } = this;
    const sums = this.sums(id, state.h);
    const [i, f, g, o, c, h] = Array.from({ length: 6 }, () => new Float32Array(units));
    for (let unit = 0; unit < units; unit++) {
      const { i: heldI, f: heldF, o: heldO } = hands.held;
      i[unit] = Number.isNaN(heldI[unit]) ? sigmoid(sums[unit]) : heldI[unit];
      f[unit] = Number.isNaN(heldF[unit]) ? sigmoid(sums[units + unit] + hands.forgetBias) : heldF[unit];
      g[unit] = Math.tanh(sums[2 * units + unit]);
      o[unit] = Number.isNaN(heldO[unit]) ? sigmoid(sums[3 * units + unit]) : heldO[unit];
      c[unit] = f[unit] * state.c[unit] + i[unit] * g[unit];
      h[unit] = hands.ablated[unit] ? 0 : o[unit] * Math.tanh(c[unit]);
    }
    return { i, f, g, o, c, h };
  }

  /**
   * Reads ids, with pads in front up to MAXLEN.
   * @param {number[]} ids
   * @param {Hands} hands
   * @param {Trace} [earlier] what was read with the same hands: as long a text is read from its first other word on
   * @returns {Trace} the earlier one itself, if no word is another
   */
  read(ids, hands = this.untouched, earlier) {
    const steps = ids.length;
    const other = earlier?.steps === steps ? ids.findIndex((id, t) => id !== earlier.ids[t]) : 0;
    if (earlier && other < 0) return earlier;
    const before = this.afterPads[MAXLEN - steps];
    const trace = /** @type {Trace} */ ({ steps, units: this.units, before, ids });
    for (const name of QUANTITIES) trace[name] = new Float32Array(steps * this.units);
    trace.logits = new Float32Array(steps);
    let state = before;
    if (earlier && other) {
      const [from, to] = [(other - 1) * this.units, other * this.units];
      for (const name of QUANTITIES) trace[name].set(earlier[name].subarray(0, to));
      trace.logits.set(earlier.logits.subarray(0, other));
      state = { h: trace.h.slice(from, to), c: trace.c.slice(from, to) };
    }
    for (let t = other; t < steps; t++) {
      const values = this.step(ids[t], state, hands);
      for (const name of QUANTITIES) trace[name].set(values[name], t * this.units);
      trace.logits[t] = this.logit(values.h);
      state = values;
    }
    trace.probabilities = trace.logits.map(sigmoid);
    return trace;
  }

  /**
   * Takes one unit's gate apart at one step.
   * @param {number[]} ids @param {Trace} trace @param {number} t @param {number} unit @param {Hands} hands
   * @returns {Record<"i" | "f" | "g" | "o", {word: number, state: number, bias: number, sum: number}>}
   */
  arithmetic(ids, trace, t, unit, hands = this.untouched) {
    const h = t ? trace.h.subarray((t - 1) * this.units, t * this.units) : trace.before.h;
    const fromState = new Float64Array(this.bias.length);
    addProduct(fromState, h, this.recurrentKernel);
    const parts = Object.entries(BLOCK).map(([name, block]) => {
      const column = block * this.units + unit;
      const [word, state] = [this.fromWord(ids[t])[column], fromState[column]];
      const bias = this.bias[column] + (name === "f" ? hands.forgetBias : 0);
      return [name, { word, state, bias, sum: word + state + bias }];
    });
    return Object.fromEntries(parts);
  }

  /**
   * The gradient of the last log-odds with respect to each word's vector: its norm, one number a step.
   * @param {Trace} trace @param {Hands} hands
   */
  gradient(trace, hands = this.untouched) {
    const { units } = this;
    const norms = new Float64Array(trace.steps);
    let gradH = Float64Array.from(this.dense);
    const gradC = new Float64Array(units);
    const gradSums = new Float64Array(4 * units);
    const free = { i: isFree(hands.held.i), f: isFree(hands.held.f), o: isFree(hands.held.o) };
    for (let t = trace.steps - 1; t >= 0; t--) {
      for (let unit = 0, at = t * units; unit < units; unit++, at++) {
        const i = trace.i[at];
        const f = trace.f[at];
        const g = trace.g[at];
        const o = trace.o[at];
        const squashed = Math.tanh(trace.c[at]);
        const shown = hands.ablated[unit] ? 0 : gradH[unit];
        const old = t ? trace.c[at - units] : trace.before.c[unit];
        gradC[unit] += shown * o * (1 - squashed * squashed);
        gradSums[unit] = free.i[unit] * gradC[unit] * g * i * (1 - i);
        gradSums[units + unit] = free.f[unit] * gradC[unit] * old * f * (1 - f);
        gradSums[2 * units + unit] = gradC[unit] * i * (1 - g * g);
        gradSums[3 * units + unit] = free.o[unit] * shown * squashed * o * (1 - o);
        gradC[unit] *= f;
      }
      norms[t] = norm(rowsTimes(this.kernel, gradSums));
      gradH = rowsTimes(this.recurrentKernel, gradSums);
    }
    return norms;
  }
}

/** h_t = tanh(x_t W + h_(t−1) U + b), on the LSTM's own embedding. */
export class SimpleRNN extends Network {
  /** @param {Tensor} embeddings the LSTM's @param {Record<string, Tensor>} arrays */
  constructor(embeddings, arrays) {
    super(embeddings, arrays);
    this.afterPads = [new Float32Array(this.units)];
    for (let pads = 1; pads < MAXLEN; pads++) this.afterPads.push(this.step(PAD, this.afterPads[pads - 1]));
  }

  /** @param {number} id @param {Float32Array} h */
  step(id, h) {
    return Float32Array.from(this.sums(id, h), Math.tanh);
  }

  /** The hidden state after each token, and the last probability. @param {number[]} ids */
  read(ids) {
    let state = this.afterPads[MAXLEN - ids.length];
    const states = ids.map((id) => (state = this.step(id, state)));
    return { states, probability: sigmoid(this.logit(state)) };
  }

  /** As for the LSTM. @param {Float32Array[]} states */
  gradient(states) {
    const norms = new Float64Array(states.length);
    let gradH = Float64Array.from(this.dense);
    for (let t = states.length - 1; t >= 0; t--) {
      const gradSums = gradH.map((value, unit) => value * (1 - states[t][unit] ** 2));
      norms[t] = norm(rowsTimes(this.kernel, gradSums));
      gradH = rowsTimes(this.recurrentKernel, gradSums);
    }
    return norms;
  }
}
