/** Building elements. Text only ever becomes text nodes and attributes, so data cannot become markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Set as properties: as attributes they mean the initial value only. */
const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "open", "hidden", "required", "multiple"]);

/** @typedef {{readonly length: number, readonly [index: number]: Child}} Children */
/** @typedef {Node | string | number | null | undefined | false | Children} Child nothing is shown for the empty ones */
/** @typedef {Record<string, any>} Attributes */

/**
 * An HTML element: `h("a", {href: "#/cart", onclick: close}, "Cart")`. Functions named `on…` are listeners, `true` is
 * an empty attribute, `false`, `null` and `undefined` are none.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/**
 * An SVG element.
 *
 * @param {string} name
 * @param {Attributes | null} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function s(name, attributes, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, name), attributes, children));
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Attributes | null | undefined} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function fill(element, attributes, children) {
  append(element, children);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) /** @type {any} */ (element)[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * The element of that selector, which the caller knows to be there.
 *
 * @template {Element} [E=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {E}
 */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`No element matches ${selector}`);
  return /** @type {E} */ (element);
}
