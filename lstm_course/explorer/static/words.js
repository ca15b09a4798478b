// Cuts a text into the words that the model reads, as lstm_course.interpret.read does.

export const MAXLEN = 100; // tokens in a row: of a longer text the last ones are read
const [START, UNKNOWN, INDEX_FROM] = [1, 2, 3];
const WORD = /[^ !"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]+/g;

/**
 * @typedef {object} Reading
 * @property {number[]} ids one a step; the start token first, unless the text is longer than a row
 * @property {string[]} words what the model sees: lower case, "<start>", "<unknown>"
 * @property {string[]} written the words as they were written, punctuation included; "" for the start token
 * @property {number} total how many words the text has
 */

/**
 * Returns the ranks of a list of words, one a line, the commonest first.
 * @param {string} list
 * @returns {Map<string, number>}
 */
export function rankWords(list) {
  return new Map(list.split("\n").slice(0, -1).map((word, place) => [word, place + 1]));
}

/**
 * @param {string} text
 * @param {Map<string, number>} ranks
 * @returns {Reading}
 */
export function read(text, ranks) {
  const tokens = text.toLowerCase().match(WORD) ?? [];
  const starts = Array.from(text.matchAll(WORD), (match) => match.index);
  const first = Math.max(0, tokens.length + 1 - MAXLEN); // steps that are cut off; step 0 is the start token
  const reading = { ids: [], words: [], written: [], total: tokens.length };
  for (let step = first; step <= tokens.length; step++) {
    const word = tokens[step - 1];
    const id = step === 0 ? START : ranks.has(word) ? ranks.get(word) + INDEX_FROM : UNKNOWN;
    reading.ids.push(id);
    reading.words.push(id === START ? "<start>" : id === UNKNOWN ? "<unknown>" : word);
    const from = step <= 1 ? 0 : starts[step - 1];
    reading.written.push(step === 0 ? "" : text.slice(from, starts[step] ?? text.length).trim());
  }
  return reading;
}

/**
 * Returns the words of a text in another order; punctuation stays with its word.
 * @param {string} text
 * @param {() => number} random from 0 to 1
 */
export function shuffled(text, random = Math.random) {
  const words = text.split(/\s+/).filter(Boolean);
  for (let left = words.length - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1));
    [words[left], words[other]] = [words[other], words[left]];
  }
  return words.join(" ");
}
