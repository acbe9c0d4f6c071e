/**
 * Who is signed in. Tokens live in memory and in this tab's sessionStorage; a tab opened beside this one asks for them
 * over a BroadcastChannel, so they are never in localStorage, a cookie or an address.
 */

import { Problem } from "./problem.js";

const KEY = "cloudshelf.session";
const RENEW_BEFORE_MS = 60_000;
const ASK_MS = 150;

/** @typedef {{id: string, access: string, refresh: string, expires: number}} Tokens `expires` in epoch milliseconds */
/** @typedef {{sub: string, email: string, admin: boolean}} Shopper */

/** @type {Tokens | null} */
let tokens = read();
/** @type {Promise<boolean> | null} */
let renewing = null;

const channel = new BroadcastChannel("cloudshelf.session");
const events = new EventTarget();

channel.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.type === "ask" && tokens) channel.postMessage({ type: "tokens", tokens });
  if (data.type === "tokens") adopt(data.tokens);
  if (data.type === "end") adopt(null);
};

/** Settled once it is known whether somebody is signed in. */
export const ready = tokens ? Promise.resolve() : askOtherTabs();

/** @param {() => void} listener @param {AbortSignal} [signal] */
export const onChange = (listener, signal) => events.addEventListener("change", listener, { signal });

/** The shopper, or null before sign-in. @returns {Shopper | null} */
export function shopper() {
  if (!tokens) return null;
  const claims = decode(tokens.id);
  return { sub: claims.sub, email: claims.email, admin: (claims["cognito:groups"] ?? []).includes("admin") };
}

/** @param {import("./identity.js").Tokens} answer Cognito's */
export function begin(answer) {
  adopt(fromCognito(answer, ""));
  channel.postMessage({ type: "tokens", tokens });
}

/** Forgets the shopper in every tab. */
export function end() {
  adopt(null);
  channel.postMessage({ type: "end" });
}

/** Signs out here at once, and at Cognito as soon as it answers. */
export async function signOut() {
  const access = tokens?.access;
  end();
  const { signOutEverywhere } = await import("./identity.js");
  if (access) await signOutEverywhere(access).catch(() => undefined);
}

/**
 * Signs out and deletes the account at Cognito, once its profile is erased.
 *
 * @returns {Promise<boolean>} whether Cognito did it
 */
export async function deleteAccount() {
  const access = tokens?.access ?? "";
  end();
  const { deleteAccount: remove } = await import("./identity.js");
  return remove(access).then(
    () => true,
    () => false,
  );
}

/** A token that is good for a while yet. @throws {Problem} unauthorized */
export async function idToken() {
  await ready;
  if (tokens && tokens.expires - Date.now() < RENEW_BEFORE_MS) await renew();
  if (!tokens) throw new Problem({ status: 401, code: "unauthorized" });
  return tokens.id;
}

/** Fetches new tokens; false where the sign-in has ended. @throws {Problem} where Cognito cannot be reached */
export function renew() {
  renewing ??= exchange().finally(() => (renewing = null));
  return renewing;
}

async function exchange() {
  const { refresh: token } = tokens ?? { refresh: "" };
  if (!token) return false;
  const { refresh } = await import("./identity.js");
  try {
    adopt(fromCognito(await refresh(token), token));
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 400) throw error;
    end();
    return false;
  }
}

/**
 * @param {import("./identity.js").Tokens} answer
 * @param {string} refresh
 * @returns {Tokens}
 */
const fromCognito = (answer, refresh) => ({
  id: answer.IdToken,
  access: answer.AccessToken,
  refresh: answer.RefreshToken ?? refresh,
  expires: Date.now() + answer.ExpiresIn * 1000,
});

/** @param {Tokens | null} next */
function adopt(next) {
  const before = shopper()?.sub;
  tokens = next;
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  if (shopper()?.sub !== before) events.dispatchEvent(new Event("change"));
}

function askOtherTabs() {
  channel.postMessage({ type: "ask" });
  return new Promise((resolve) => {
    events.addEventListener("change", resolve, { once: true });
    setTimeout(resolve, ASK_MS);
  });
}

/** @returns {Tokens | null} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/**
 * The claims of a token. Nothing is trusted because of them: the API verifies the token itself.
 *
 * @param {string} token
 * @returns {any}
 */
function decode(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
