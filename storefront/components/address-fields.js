/** The fields of an address, and reading them. */

import { h } from "../app/dom.js";
import { locale } from "../app/format.js";
import { field } from "./form.js";

/** ISO 3166-1, alpha-2; the browser knows their names. */
const COUNTRIES =
  "ADAEAFAGAIALAMAOARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZ" +
  "ECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGTGUGWGYHKHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZ" +
  "LALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPY" +
  "QARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

/** @typedef {import("../app/types.js").Address} Address */

/** @param {Address | null} address */
export const addressFields = (address) => [
  field({
    name: "street",
    label: "Street and number",
    autocomplete: "street-address",
    maxlength: 200,
    value: address?.street,
  }),
  h(
    "div",
    { class: "pair" },
    field({
      name: "postal_code",
      label: "Postal code",
      autocomplete: "postal-code",
      maxlength: 20,
      value: address?.postal_code,
    }),
    field({ name: "city", label: "City", autocomplete: "address-level2", maxlength: 100, value: address?.city }),
  ),
  h(
    "div",
    { class: "pair" },
    field({
      name: "state",
      label: "State or region",
      autocomplete: "address-level1",
      maxlength: 100,
      optional: true,
      value: address?.state,
    }),
    field({ name: "country", label: "Country", input: countries(address?.country ?? guess()) }),
  ),
];

/**
 * @param {Record<string, string>} values
 * @returns {Address}
 */
export function addressOf({ street, city, state, postal_code, country }) {
  return { street, city, ...(state ? { state } : {}), postal_code, country };
}

/** @param {Address} address */
export const addressLines = ({ street, postal_code, city, state, country }) =>
  h(
    "address",
    { dir: "auto" },
    [street, `${postal_code} ${city}`, state, name(country)].filter(Boolean).map((line) => h("span", null, line ?? "")),
  );

/** @param {string} chosen */
function countries(chosen) {
  const codes = /** @type {string[]} */ (COUNTRIES.match(/../g));
  const named = codes
    .map((code) => ({ code, words: name(code) }))
    .sort((one, other) => one.words.localeCompare(other.words, locale));
  const options = named.map(({ code, words }) => h("option", { value: code, selected: code === chosen }, words));
  return h("select", { autocomplete: "country" }, h("option", { value: "" }, "Choose a country"), options);
}

/** @param {string} code */
const name = (code) => new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code;

/** The country of the browser's language, where it names one. */
const guess = () => new Intl.Locale(navigator.language).region ?? "";
