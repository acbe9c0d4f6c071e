/** What the pages around sign-in have in common. */

import { h } from "../app/dom.js";
import { field } from "./form.js";

const KEY = "cloudshelf.pending";

/** @param {string} [value] */
export const emailField = (value) =>
  field({ name: "email", label: "E-mail address", type: "email", autocomplete: "username", maxlength: 254, value });

export const passwordField = () =>
  field({ name: "password", label: "Password", type: "password", autocomplete: "current-password" });

/** @param {string} [label] */
export const newPasswordField = (label = "Password") =>
  field({
    name: "password",
    label,
    type: "password",
    autocomplete: "new-password",
    minlength: 12,
    maxlength: 256,
    hint: "At least 12 characters, with capital and small letters and digits.",
  });

export const codeField = () =>
  field({
    name: "code",
    label: "Code from the e-mail",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "\\s*[0-9]{6}\\s*",
    title: "six digits",
  });

/**
 * @param {string} title
 * @param {...import("../app/dom.js").Child} children
 */
export const accountPage = (title, ...children) =>
  h("section", { class: "wide" }, h("div", { class: "card narrow" }, h("h1", null, title), children));

/**
 * The sign-up that waits for its code. The password is kept in memory only, to sign in right after.
 *
 * @type {{password: string}}
 */
export const pending = { password: "" };

/** @param {string} email */
export const rememberEmail = (email) => sessionStorage.setItem(KEY, email);
export const rememberedEmail = () => sessionStorage.getItem(KEY) ?? "";

/** @param {URLSearchParams} query the way back that one page of sign-in hands on to the next */
export const onward = (query) => (query.has("next") ? `?next=${encodeURIComponent(query.get("next") ?? "")}` : "");
