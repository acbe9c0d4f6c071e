/** Starts the shop. */

import "../components/shell.js";
import { note } from "./announce.js";
import * as cart from "./cart.js";
import { config } from "./config.js";
import { find } from "./dom.js";
import { useCurrency } from "./format.js";
import { meta } from "./phase.js";
import { explain } from "./problem.js";
import * as recent from "./recent.js";
import * as router from "./router.js";
import * as session from "./session.js";

/** The skip link must not change the address: the address is the page. */
find(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  find("#main").focus();
});

cart.onRefused((problem) => note(`What you put into the cart before sign-in could not be added: ${explain(problem)}`));

session.onChange(() => session.shopper() || void recent.forget().catch(() => undefined));

try {
  useCurrency((await config()).currency);
} catch {
  // The page that asks the API next says what is wrong, and offers to try again.
}
cart.start();
await router.start();

try {
  const { phase, version } = await meta();
  find("#phase").textContent = `Running ${phase}, version ${version}.`;
} catch {
  find("#phase").textContent = "";
}
