// Reads NumPy's .npz: a zip of .npy files, here of float16 or float32 numbers. The browser's own inflate does the work.

/** @typedef {{shape: number[], data: Float32Array}} Tensor */

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * Returns the arrays of an .npz file by name, as float32 in C order.
 * @param {ArrayBuffer} buffer the whole file
 * @returns {Promise<Record<string, Tensor>>}
 */
export async function readNpz(buffer) {
  const view = new DataView(buffer);
  const arrays = await Promise.all(
    directory(view).map(async ({ name, method, start, size }) => {
      const packed = new Uint8Array(buffer, start, size);
      if (method !== 0 && method !== 8) throw new Error(`${name}: zip method ${method} is not known`);
      return [name.replace(/\.npy$/, ""), readNpy(name, method === 8 ? await inflate(packed) : packed)];
    }),
  );
  return Object.fromEntries(arrays);
}

/** @param {DataView} view */
function directory(view) {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw new Error("the weights are not an .npz file, or not a whole one");
  const entries = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new Error("the weights' zip directory is damaged");
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
    const header = view.getUint32(at + 42, true);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    entries.push({ name, method: view.getUint16(at + 10, true), start, size: view.getUint32(at + 20, true) });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

/** @param {Uint8Array<ArrayBuffer>} packed */
async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {Tensor}
 */
function readNpy(name, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint8(6) === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (view.getUint8(6) === 1 ? 10 : 12) + headerLength;
  const header = new TextDecoder().decode(bytes.subarray(start - headerLength, start));
  const [, kind] = header.match(/'descr': '([^']+)'/) ?? [];
  const shape = (header.match(/'shape': \(([^)]*)\)/)?.[1] ?? "").split(",").filter((part) => part.trim()).map(Number);
  if (!["<f2", "<f4"].includes(kind) || header.includes("'fortran_order': True")) {
    throw new Error(`${name}: expected float16 or float32 in C order, found ${header.trim()}`);
  }
  const body = bytes.slice(start).buffer;
  return { shape, data: kind === "<f4" ? new Float32Array(body) : widened(new Uint16Array(body)) };
}

/** @type {Float32Array | undefined} */
let halves;

/** Float16 to float32, by a table of all 65,536 halves. @param {Uint16Array} bits */
function widened(bits) {
  halves ??= Float32Array.from({ length: 65536 }, (_, half) => {
    const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
  const table = halves;
  const data = new Float32Array(bits.length);
  for (let k = 0; k < bits.length; k++) data[k] = table[bits[k]];
  return data;
}
