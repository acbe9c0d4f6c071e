/** Forms: labelled fields, one submission at a time, errors read out where they happened. */

import { h } from "../app/dom.js";
import { explain, isAborted } from "../app/problem.js";

/**
 * @typedef {{
 *   name: string, label: string, hint?: string, type?: string, value?: string | number | null, optional?: boolean,
 *   input?: HTMLElement, [attribute: string]: unknown,
 * }} Field other properties are attributes of the input
 */

let count = 0;

/** @param {Field} field */
export function field({ name, label, hint, type = "text", value, optional = false, input, ...attributes }) {
  count += 1;
  const id = `${name}-${count}`;
  const control = input ?? h("input", { type, value: value ?? "", ...attributes });
  control.id = id;
  control.setAttribute("name", name);
  if (!optional) control.setAttribute("required", "");
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label, optional && h("span", { class: "small" }, " (optional)")),
    control,
    hint && h("p", { id: `${id}-hint`, class: "small" }, hint),
  );
}

/**
 * @param {{
 *   fields: import("../app/dom.js").Child[], action: string,
 *   submit: (values: Record<string, string>) => Promise<unknown>,
 * }} options what `submit` throws is shown above the button
 */
export function form({ fields, action, submit }) {
  const button = h("button", { type: "submit", class: "main" }, action);
  const problem = h("div", { class: "problem", role: "alert" });
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") void run();
  };
  const run = async () => {
    button.setAttribute("aria-disabled", "true");
    problem.replaceChildren();
    try {
      await submit(valuesOf(element));
    } catch (error) {
      if (!isAborted(error)) problem.replaceChildren(h("p", null, explain(error)));
    }
    button.removeAttribute("aria-disabled");
  };
  const element = h("form", { class: "form", onsubmit }, fields, problem, button);
  return element;
}

/**
 * The values as text, trimmed save for passwords.
 *
 * @param {HTMLFormElement} element
 */
export function valuesOf(element) {
  const entries = [...new FormData(element)].map(([name, value]) => [
    name,
    name.includes("password") ? String(value) : String(value).trim(),
  ]);
  return /** @type {Record<string, string>} */ (Object.fromEntries(entries));
}
