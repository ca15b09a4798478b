// Small helpers to build a page. Whatever a person typed goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Sets attributes; a function becomes a listener, false and null leave the attribute out.
 * @template {Element} T
 * @param {T} element @param {Record<string, any>} attributes @param {(Node | string | null)[]} children
 * @returns {T}
 */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null)));
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} attributes @param {(Node | string | null)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const html = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} attributes @param {(Node | string | null)[]} children
 * @returns {SVGElementTagNameMap[K]}
 */
export const svg = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

/** A number with a true minus sign. @param {number} value */
export function number(value, decimals = 2) {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A number with its sign, for sums. @param {number} value */
export const signed = (value, decimals = 2) => (number(value, decimals).startsWith("−") ? "" : "+") + number(value, decimals);

/** A word without the punctuation behind it. @param {string} word */
export const bare = (word) => word.replace(/[.,;:!?"“”()]+$/, "") || word;

/** @param {number} probability */
export const percent = (probability) => `${Math.round(100 * probability)} %`;

/**
 * A table behind a disclosure: filled when it is opened, and kept up to date while it is open.
 * @param {string} caption
 * @param {() => {head: string[], rows: (string | number)[][]}} content the first entry of a row names it
 */
export function table(caption, content) {
  const body = html("table", {});
  const box = html("div", { class: "lx-scroll", tabindex: 0, role: "region", "aria-label": caption }, body);
  const details = html("details", { class: "lx-table", toggle: () => refresh() }, html("summary", {}, caption), box);
  const refresh = () => {
    if (!details.open) return;
    const { head, rows } = content();
    const cells = (/** @type {(string | number)[]} */ row) =>
      row.map((cell, place) => html(place ? "td" : "th", place ? {} : { scope: "row" }, String(cell)));
    body.replaceChildren(
      html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...head.map((name) => html("th", { scope: "col" }, name)))),
      html("tbody", {}, ...rows.map((row) => html("tr", {}, ...cells(row)))),
    );
  };
  return { element: details, refresh };
}

/** The colour that a CSS expression has on this page, as [r, g, b]. @param {Element} root @param {string} colour */
export function resolved(root, colour) {
  const probe = html("span", { style: `color: ${colour}; display: none` });
  root.append(probe);
  const found = getComputedStyle(probe).color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [0, 0, 0];
  probe.remove();
  return found;
}

/**
 * Columns shared by all pictures of a text: one a token.
 * @param {number} width of the whole picture, in pixels
 * @param {number} steps
 */
export function columns(width, steps) {
  const [left, right] = [46, 40];
  const each = Math.min(64, (width - left - right) / steps);
  return {
    left,
    each,
    end: left + each * steps,
    middle: (/** @type {number} */ step) => left + each * (step + 0.5),
    at: (/** @type {number} */ x) => Math.max(0, Math.min(steps - 1, Math.floor((x - left) / each))),
  };
}

/** @typedef {ReturnType<typeof columns>} Columns */

/** A path through points. @param {number[][]} points */
export const path = (points) => points.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
