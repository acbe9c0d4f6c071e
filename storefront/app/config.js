/** What the stack says about itself: `/config.json`, and `/meta` for what this phase can do. */

import { Problem } from "./problem.js";

/** @type {Promise<import("./types.js").Config> | undefined} */
let loaded;

/** The stack's configuration, fetched once. */
export function config() {
  loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load() {
  const answer = await fetch("/config.json").catch(() => null);
  if (!answer?.ok) throw new Problem({ status: answer?.status, code: navigator.onLine ? "unavailable" : "offline" });
  return /** @type {Promise<import("./types.js").Config>} */ (answer.json());
}
