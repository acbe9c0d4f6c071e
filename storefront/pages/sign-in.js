/** Signing in, and choosing a first password where an administrator made the account. */

import { h } from "../app/dom.js";
import * as identity from "../app/identity.js";
import { Problem } from "../app/problem.js";
import { go, next } from "../app/navigation.js";
import * as session from "../app/session.js";
import {
  accountPage,
  emailField,
  newPasswordField,
  onward,
  passwordField,
  rememberEmail,
  rememberedEmail,
} from "../components/account-form.js";
import { form } from "../components/form.js";

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function signIn({ query, signal }) {
  session.onChange(() => session.shopper() && go(next(query), { replace: true }), signal);
  const body = h("div");
  const submit = async (/** @type {Record<string, string>} */ { email, password }) => {
    rememberEmail(email);
    try {
      const outcome = await identity.signIn(email, password);
      if ("tokens" in outcome) session.begin(outcome.tokens);
      else body.replaceChildren(firstPassword(email, outcome.newPasswordFor));
    } catch (error) {
      if (error instanceof Problem && error.code === "UserNotConfirmedException") return go(`/confirm${onward(query)}`);
      throw error;
    }
  };
  body.append(
    form({ fields: [emailField(rememberedEmail()), passwordField()], action: "Sign in", submit }),
    ways(query),
  );
  void session.ready.then(() => session.shopper() && !signal.aborted && go(next(query), { replace: true }));
  return { title: "Sign in", content: accountPage("Sign in", why(query), body) };
}

/** @param {URLSearchParams} query */
const why = (query) =>
  query.get("next") === "/checkout"
    ? h("p", null, "Your cart is kept: after sign-in you go straight to checkout.")
    : null;

/** @param {URLSearchParams} query */
const ways = (query) =>
  h(
    "p",
    { class: "ways" },
    h("a", { href: `#/sign-up${onward(query)}` }, "New here? Create an account"),
    h("a", { href: `#/forgotten-password${onward(query)}` }, "Forgotten password"),
  );

/** @param {string} email @param {string} challenge */
function firstPassword(email, challenge) {
  const submit = async (/** @type {Record<string, string>} */ { password }) => {
    const outcome = await identity.chooseFirstPassword(email, password, challenge);
    if ("tokens" in outcome) session.begin(outcome.tokens);
  };
  return form({
    fields: [
      h("p", null, "This is your first sign-in: please choose a password of your own."),
      newPasswordField("New password"),
    ],
    action: "Save and sign in",
    submit,
  });
}
