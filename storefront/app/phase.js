/** What this phase of the shop can do: `/meta`, asked once. */

import { api } from "./api.js";
import { once } from "./once.js";

export const meta = once(api.meta);

/** @returns {Promise<import("./types.js").Meta["capabilities"]>} */
export const capabilities = async () => (await meta()).capabilities;
