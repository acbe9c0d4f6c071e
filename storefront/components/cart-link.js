/** The way to the cart, with the number of copies in it. */

import * as cart from "../app/cart.js";
import { h } from "../app/dom.js";
import { plural } from "../app/format.js";

class CartLink extends HTMLElement {
  #gone = new AbortController();

  connectedCallback() {
    this.#gone = new AbortController();
    cart.onChange(() => this.#show(), this.#gone.signal);
    this.#show();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #show() {
    const count = cart.current().item_count;
    const link = this.querySelector("a") ?? this.appendChild(h("a", { href: "#/cart" }));
    link.replaceChildren("Cart", h("span", { class: "count", hidden: !count, "aria-hidden": "true" }, count));
    link.setAttribute("aria-label", count ? `Cart, ${plural(count, "copy", "copies")}` : "Cart, empty");
  }
}

customElements.define("cart-link", CartLink);
