/** "Sign in", or what belongs to the shopper. */

import { h } from "../app/dom.js";
import { go, signInFirst } from "../app/navigation.js";
import * as session from "../app/session.js";

class AccountMenu extends HTMLElement {
  connectedCallback() {
    session.onChange(() => this.#show());
    this.#show();
    addEventListener("hashchange", () => this.#close());
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(true));
    document.addEventListener("click", (event) => !this.contains(/** @type {Node} */ (event.target)) && this.#close());
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(/** @type {Node} */ (event.relatedTarget))) this.#close();
    });
  }

  #show() {
    const shopper = session.shopper();
    this.replaceChildren(shopper ? menu(shopper) : signInLink());
  }

  #close(focus = false) {
    const details = this.querySelector("details");
    if (!details?.open) return;
    details.open = false;
    if (focus) details.querySelector("summary")?.focus();
  }
}

/** After sign-in the shopper is back on the page of the click. */
function signInLink() {
  const onclick = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(signInFirst());
  };
  return h("a", { href: "#/sign-in", onclick }, "Sign in");
}

/** @param {session.Shopper} shopper */
const menu = (shopper) =>
  h(
    "details",
    null,
    h("summary", null, "Account"),
    h(
      "div",
      { class: "menu" },
      h("p", { dir: "auto" }, shopper.email),
      h("a", { href: "#/orders" }, "Your orders"),
      h("a", { href: "#/profile" }, "Your details"),
      shopper.admin && h("a", { href: "#/admin" }, "Run the shop"),
      h("button", { type: "button", class: "plain", onclick: () => void session.signOut() }, "Sign out"),
    ),
  );

customElements.define("account-menu", AccountMenu);
