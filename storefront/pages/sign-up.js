/** Creating an account. */

import { h } from "../app/dom.js";
import * as identity from "../app/identity.js";
import { go } from "../app/navigation.js";
import {
  accountPage,
  emailField,
  newPasswordField,
  onward,
  pending,
  rememberEmail,
  rememberedEmail,
} from "../components/account-form.js";
import { form } from "../components/form.js";

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function signUp({ query }) {
  const submit = async (/** @type {Record<string, string>} */ { email, password }) => {
    await identity.signUp(email, password);
    rememberEmail(email);
    pending.password = password;
    go(`/confirm${onward(query)}`);
  };
  const content = accountPage(
    "Create an account",
    h("p", null, "We need an e-mail address and a password, nothing else."),
    form({ fields: [emailField(rememberedEmail()), newPasswordField()], action: "Create account", submit }),
    h("p", { class: "ways" }, h("a", { href: `#/sign-in${onward(query)}` }, "You have an account? Sign in")),
  );
  return { title: "Create an account", content };
}
