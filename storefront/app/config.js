/** `/config.json`: where the stack says its parts are. */

import { once } from "./once.js";
import { Problem } from "./problem.js";

/** The stack's configuration, fetched once. */
export const config = once(async () => {
  const answer = await fetch("/config.json").catch(() => null);
  if (!answer?.ok) throw new Problem({ status: answer?.status, code: navigator.onLine ? "unavailable" : "offline" });
  return /** @type {Promise<import("./types.js").Config>} */ (answer.json());
});
