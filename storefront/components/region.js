/** A part of a page that is fetched: a skeleton first, then the content, or what went wrong and a way to try again. */

import { h } from "../app/dom.js";
import { Latest } from "../app/latest.js";
import { explain, isAborted, Problem } from "../app/problem.js";
import { here, go, signInFirst } from "../app/navigation.js";
import { failure } from "./failure.js";

/**
 * @template T
 * @param {{
 *   skeleton: Node, load: () => Promise<T>, build: (value: T) => Node | null,
 *   failed?: (problem: unknown) => Node | null,
 * }} options `failed` may answer an error with a node of its own
 * @returns {{element: HTMLElement, ready: Promise<void>, reload: () => Promise<void>}}
 */
export function region({ skeleton, load, build, failed }) {
  const element = h("div", { class: "region", "aria-busy": "true" }, skeleton);
  const place = here();
  const latest = new Latest();
  const reload = async () => {
    element.setAttribute("aria-busy", "true");
    try {
      const content = build(await latest.ask(load));
      element.replaceChildren(...(content ? [content] : []));
    } catch (error) {
      if (isAborted(error)) return;
      if (signedOut(error) && here() === place) return go(signInFirst(), { replace: true });
      if (!(error instanceof Problem)) console.error(error);
      element.replaceChildren(failed?.(error) ?? failure(explain(error), () => void reload()));
    }
    element.removeAttribute("aria-busy");
  };
  return { element, ready: reload(), reload };
}

/** @param {unknown} error */
const signedOut = (error) => error instanceof Problem && error.code === "unauthorized";
