/** The shopper's details, and leaving the shop for good. */

import { note } from "../app/announce.js";
import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { day } from "../app/format.js";
import { explain } from "../app/problem.js";
import { go } from "../app/navigation.js";
import * as session from "../app/session.js";
import { addressFields, addressOf } from "../components/address-fields.js";
import { confirm } from "../components/confirm.js";
import { field, form } from "../components/form.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { stylesheet } from "../components/stylesheet.js";

/** @typedef {import("../app/types.js").User} User */

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function profile({ signal }) {
  const part = region({
    skeleton: bars(9),
    load: async () => (await stylesheet("/styles/checkout.css"), api.me(signal)),
    build: (user) => h("div", { class: "narrow" }, intro(user), person(user), address(user), leave(user)),
  });
  return {
    title: "Your details",
    content: h("section", { class: "wide" }, h("h1", null, "Your details"), part.element),
    ready: part.ready,
  };
}

/** @param {User} user */
const intro = (user) =>
  h("p", null, h("b", { dir: "auto" }, user.email), `, a reader here since ${day(user.created_at)}.`);

/** @param {object} changes */
async function save(changes) {
  await api.updateMe(changes);
  note("Saved.");
}

/** @param {User} user */
function person(user) {
  const optional = { optional: true };
  const fields = [
    h("h2", null, "You"),
    h(
      "div",
      { class: "pair" },
      field({
        name: "first_name",
        label: "First name",
        autocomplete: "given-name",
        maxlength: 100,
        value: user.first_name,
        ...optional,
      }),
      field({
        name: "last_name",
        label: "Last name",
        autocomplete: "family-name",
        maxlength: 100,
        value: user.last_name,
        ...optional,
      }),
    ),
    field({
      name: "phone",
      label: "Phone",
      type: "tel",
      autocomplete: "tel",
      minlength: 3,
      maxlength: 32,
      pattern: "[\\+0-9 \\(\\)\\.\\/\\-]+",
      title: "digits, spaces and + ( ) . / -",
      value: user.phone,
      ...optional,
    }),
  ];
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    if (Object.keys(given).length) await save(given);
  };
  return h("div", { class: "card" }, form({ fields, action: "Save", submit }));
}

/** @param {User} user */
const address = (user) =>
  h(
    "div",
    { class: "card" },
    form({
      fields: [h("h2", null, "Your address"), addressFields(user.address)],
      action: "Save address",
      submit: (values) => save({ address: addressOf(values) }),
    }),
  );

/** @param {User} user */
const leave = (user) =>
  h(
    "div",
    { class: "card" },
    h("h2", null, "Close your account"),
    h(
      "p",
      null,
      "Your details, your address and your cart are erased. Your orders stay in the books without your name.",
    ),
    h("button", { type: "button", class: "danger", onclick: () => void erase(user) }, "Erase everything about me"),
  );

/** @param {User} user */
async function erase(user) {
  const sure = await confirm({
    title: "Erase your account?",
    words: "This cannot be undone, and nobody can bring it back.",
    yes: "Erase my account",
    no: "Keep my account",
    type: user.email,
  });
  if (!sure) return;
  try {
    await api.eraseMe();
    const deleted = await session.deleteAccount();
    go("/", { replace: true });
    note(
      deleted
        ? "Your account is erased. All the best."
        : "Your account is erased. Only your sign-in is left: it opens nothing any more.",
    );
  } catch (error) {
    note(explain(error));
  }
}
