/** The code that shows the e-mail address is the shopper's. */

import { note } from "../app/announce.js";
import { config } from "../app/config.js";
import { h } from "../app/dom.js";
import * as identity from "../app/identity.js";
import { explain } from "../app/problem.js";
import { go, next } from "../app/navigation.js";
import * as session from "../app/session.js";
import {
  accountPage,
  codeField,
  emailField,
  onward,
  pending,
  rememberEmail,
  rememberedEmail,
} from "../components/account-form.js";
import { form, valuesOf } from "../components/form.js";

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function confirm({ query }) {
  const submit = async (/** @type {Record<string, string>} */ { email, code }) => {
    await identity.confirmSignUp(email, code);
    rememberEmail(email);
    if (!(await signedIn(email))) return go(`/sign-in${onward(query)}`);
    go(next(query), { replace: true });
  };
  const code = form({ fields: [emailField(rememberedEmail()), codeField()], action: "Confirm", submit });
  const again = () => void resend(valuesOf(code).email);
  const mails = h("p", { hidden: true });
  const content = accountPage(
    "Check your e-mail",
    h("p", null, "We have sent you a code of six digits. It can take a minute to arrive."),
    mails,
    code,
    h("p", { class: "ways" }, h("button", { type: "button", class: "plain", onclick: again }, "Send a new code")),
  );
  void linkLocalMails(mails).catch(() => undefined);
  return { title: "Confirm your address", content };
}

/**
 * Says where the e-mail is in a shop that runs on the shopper's own machine: it sends none. The link opens a tab of its
 * own, for this page knows the password of the sign-up until the address is confirmed.
 *
 * @param {HTMLElement} place
 */
async function linkLocalMails(place) {
  const { endpoint } = (await config()).identity;
  if (!endpoint.startsWith("//127.0.0.1:")) return;
  place.append("This shop runs on your machine: its e-mails are on ", h("a", { href: "/_local/#mail", target: "_blank" }, "a page of its own"), ".");
  place.hidden = false;
}

/**
 * Signs in with the password of the sign-up, if this page has seen it.
 *
 * @param {string} email
 */
async function signedIn(email) {
  const { password } = pending;
  pending.password = "";
  if (!password) return false;
  const outcome = await identity.signIn(email, password).catch(() => null);
  if (!outcome || !("tokens" in outcome)) return false;
  session.begin(outcome.tokens);
  return true;
}

/** @param {string} email */
async function resend(email) {
  try {
    await identity.resendCode(email);
    note("A new code is on its way.");
  } catch (error) {
    note(explain(error));
  }
}
