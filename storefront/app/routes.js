/** Every address of the shop and the module of its page, which is fetched when it is first needed. */

/**
 * @typedef {{
 *   path: string, user?: boolean,
 *   load: () => Promise<{default: (place: import("./types.js").Place) => import("./types.js").Page}>,
 * }} Route `user`: only after sign-in
 */

/** @type {Route[]} */
const ROUTES = [
  { path: "/", load: () => import("../pages/home.js") },
  { path: "/browse", load: () => import("../pages/browse.js") },
  { path: "/books/:id", load: () => import("../pages/book.js") },
  { path: "/cart", load: () => import("../pages/cart.js") },
  { path: "/sign-in", load: () => import("../pages/sign-in.js") },
  { path: "/sign-up", load: () => import("../pages/sign-up.js") },
  { path: "/confirm", load: () => import("../pages/confirm.js") },
  { path: "/forgotten-password", load: () => import("../pages/forgotten-password.js") },
  { path: "/checkout", user: true, load: () => import("../pages/checkout.js") },
  { path: "/orders", user: true, load: () => import("../pages/orders.js") },
  { path: "/orders/:id", user: true, load: () => import("../pages/order.js") },
  { path: "/profile", user: true, load: () => import("../pages/profile.js") },
  { path: "/admin", user: true, load: () => import("../admin/catalogue.js") },
  { path: "/admin/books/:id", user: true, load: () => import("../admin/book.js") },
  { path: "/admin/reports", user: true, load: () => import("../admin/reports.js") },
  { path: "/admin/orders", user: true, load: () => import("../admin/orders.js") },
];

/** @type {Route} */
const NOT_FOUND = { path: "", load: () => import("../pages/not-found.js") };

/**
 * @param {string} place a path and its query
 */
export function match(place) {
  const [path, query = ""] = place.split(/\?(.*)/s);
  for (const route of ROUTES) {
    const params = paramsOf(route.path, path);
    if (params) return { route, path, params, query: new URLSearchParams(query) };
  }
  return { route: NOT_FOUND, path, params: {}, query: new URLSearchParams(query) };
}

/**
 * @param {string} pattern
 * @param {string} path
 * @returns {Record<string, string> | null}
 */
function paramsOf(pattern, path) {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":") && given[index]) params[part.slice(1)] = decode(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}

/** @param {string} segment */
function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
