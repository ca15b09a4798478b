// The shipped model, from its files' contents.

import { LSTM, SimpleRNN } from "./lstm.js";
import { readNpz } from "./npz.js";
import { rankWords } from "./words.js";

/**
 * @typedef {object} Files
 * @property {ArrayBuffer} weights source.npz
 * @property {ArrayBuffer} rnn simple-rnn.npz
 * @property {string} words source.txt
 */

/** @param {Files} files */
export async function build({ weights, rnn, words }) {
  const [arrays, rnnArrays] = await Promise.all([readNpz(weights), readNpz(rnn)]);
  return { lstm: new LSTM(arrays), rnn: new SimpleRNN(arrays.embeddings, rnnArrays), ranks: rankWords(words) };
}

/** @typedef {Awaited<ReturnType<typeof build>>} Model */
