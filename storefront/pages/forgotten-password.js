/** A new password, by a code sent to the e-mail address. */

import { note } from "../app/announce.js";
import { find, h } from "../app/dom.js";
import * as identity from "../app/identity.js";
import { go, next } from "../app/navigation.js";
import * as session from "../app/session.js";
import {
  accountPage,
  codeField,
  emailField,
  newPasswordField,
  rememberEmail,
  rememberedEmail,
} from "../components/account-form.js";
import { form } from "../components/form.js";

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function forgottenPassword({ query }) {
  const body = h("div");
  const ask = async (/** @type {Record<string, string>} */ { email }) => {
    await identity.forgotPassword(email);
    rememberEmail(email);
    body.replaceChildren(
      h("p", null, "If there is an account with this address, a code is on its way to it."),
      reset(email, query),
    );
    find("input", body).focus();
  };
  body.append(
    h("p", null, "Tell us your address and we will send you a code."),
    form({ fields: [emailField(rememberedEmail())], action: "Send the code", submit: ask }),
  );
  return { title: "Forgotten password", content: accountPage("Forgotten password", body) };
}

/** @param {string} email @param {URLSearchParams} query */
function reset(email, query) {
  const submit = async (/** @type {Record<string, string>} */ { code, password }) => {
    await identity.resetPassword(email, code, password);
    const outcome = await identity.signIn(email, password);
    if (!("tokens" in outcome)) return go("/sign-in");
    session.begin(outcome.tokens);
    note("Your password was changed.");
    go(next(query), { replace: true });
  };
  return form({ fields: [codeField(), newPasswordField("New password")], action: "Change password", submit });
}
