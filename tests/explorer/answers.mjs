// What the explorer's modules make of texts, for Python to compare. In a browser: import it and call answers(…).
// In Node: node answers.mjs STATIC SHIPPED < texts.json, one line of JSON a text. A text is a string, or a state with hands.

const UNIT = 7; // whose gates are taken apart, at the last step
const NAMES = ["i", "f", "g", "o", "c", "h", "probabilities"];

/**
 * @param {string} folder the URL of the explorer's static folder
 * @param {{weights: ArrayBuffer, rnn: ArrayBuffer, words: string}} files
 */
export async function answers(folder, files, texts) {
  const modules = ["model.js", "words.js", "state.js"].map((name) => import(`${folder}/${name}`));
  const [{ build }, { read }, { handsOf, UNTOUCHED }] = await Promise.all(modules);
  const model = await build(files);
  return texts.map((text) => {
    const state = { ...UNTOUCHED, ...(typeof text === "string" ? { text } : text) };
    const reading = read(state.text, model.ranks);
    const hands = handsOf(state, model.lstm.units);
    const trace = model.lstm.read(reading.ids, hands);
    const packed = NAMES.map((name) => base64(trace[name]));
    const simple = model.rnn.read(reading.ids);
    return {
      ids: reading.ids,
      packed,
      gradient: [...model.lstm.gradient(trace, hands)],
      arithmetic: model.lstm.arithmetic(reading.ids, trace, trace.steps - 1, UNIT, hands),
      rnn: { probability: simple.probability, gradient: [...model.rnn.gradient(simple.states)] },
    };
  });
}

function base64(floats) {
  const bytes = new Uint8Array(floats.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

if (typeof process !== "undefined") {
  const { readFileSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  const [folder, shipped] = process.argv.slice(2);
  const bytes = (name) => new Uint8Array(readFileSync(`${shipped}/${name}`)).buffer;
  const files = { weights: bytes("source.npz"), rnn: bytes("simple-rnn.npz") };
  const words = readFileSync(`${shipped}/source.txt`, "utf-8");
  const found = await answers(pathToFileURL(folder).href, { ...files, words }, JSON.parse(readFileSync(0, "utf-8")));
  for (const answer of found) console.log(JSON.stringify(answer));
}
