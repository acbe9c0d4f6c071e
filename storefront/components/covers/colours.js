/** The colours of drawn covers: each category has three colourways, so that a shelf of one kind looks related. */

/**
 * @typedef {{ground: string, ink: string, accent: string, second: string}} Colours `ink` is legible on `ground`;
 * `accent` and `second` are for shapes
 */

/** ground, ink, accent, second */
const COLOURWAYS = /** @type {Record<string, string[]>} */ ({
  Fiction: ["12343b f4e9d8 e07a5f f2cc8f", "f4e9d8 12343b c8553d 588b8b", "b8452f fff3e4 12343b f2cc8f"],
  Classics: ["5b1a1f f3e3c3 c99b4f 8a3b32", "1f3a2e f1e6cd c9a24b 4f7357", "f1e6cd 3a1c1c 8a2f2b b98b3e"],
  "Science Fiction": ["14132b eef0ff ff7a59 5b5bd6", "2b1f4f f7edff ffb454 7de0e6", "e9ecf7 1b1b3a e4572e 5b5bd6"],
  Fantasy: ["2d1e3e f6ead2 d9a441 7a5c94", "24402f f3ead0 d9a441 6f8f5f", "efe3cf 3a2350 8a4f7d c58b2a"],
  Mystery: ["16161a f3efe6 d1343f 5a5a66", "8f1d21 fbf1e3 16161a e0a458", "ece6da 1a1a1f b3202a 6b6b76"],
  Science: ["0b3c6f f2f7fb f6c445 3f88c5", "f2f4ee 0b2f52 e4572e 3f88c5", "f6c445 15273f 0b3c6f e4572e"],
  Technology: ["1d2a35 edf5f2 4fd1a5 5f7a8a", "e8efec 1b2b34 0f8b6f f0a202", "0f6b5c f1fbf6 f4c95d 123a3a"],
  History: ["4a2c17 f5e7d0 d08c3f 8c5a34", "efe0c4 3b2414 a5452b 7c8a5c", "7a2f1d f8ead4 e3b261 3b2414"],
  Biography: ["e9dcd3 2f2a33 b0525b 7d8ca3", "37424f f6ede6 e6a4a0 8fa3b5", "8f4147 fdf1ea f3c9a5 37424f"],
  Business: ["10243e f4f6f0 c6d65a 4d7298", "f1f2ea 13263f d1582b 8aa39b", "c9d45c 16263a 16263a f4f6f0"],
  Children: ["f7c948 2b2d42 ef5b5b 2a9d8f", "1f7a70 fffbea f7c948 ef5b5b", "d94f4c fffaf0 ffd166 265073"],
  Philosophy: ["ded9ce 26263a 4b4e8c b08968", "33355c f2efe6 d6b98c 8286b8", "f3f0e8 2a2a2a 9a3b26 c9c2b2"],
  Travel: ["1b6b8f fdf6e7 f5b841 e8703a", "fbe8cf 17495f e8703a 3aa0b5", "bf5220 fff6e8 17495f ffd08a"],
  Psychology: ["47284a fbeee6 f2a97e a86a8d", "f6ddd0 45233f c5566a 8a7fb0", "a83f54 fff2ea 45233f f7c59f"],
});

/**
 * FNV-1a: the same text gives the same number in every browser.
 *
 * @param {string} text
 */
export function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ /** @type {number} */ (character.codePointAt(0)), 0x01000193);
  return value >>> 0;
}

/** @param {string} category */
function colourways(category) {
  const kinds = Object.values(COLOURWAYS);
  return Object.hasOwn(COLOURWAYS, category) ? COLOURWAYS[category] : kinds[hash(category) % kinds.length];
}

/**
 * @param {string} category
 * @param {number} choice
 * @returns {Colours}
 */
export function coloursOf(category, choice) {
  const ways = colourways(category);
  const [ground, ink, accent, second] = ways[choice % ways.length].split(" ").map((hex) => `#${hex}`);
  return { ground, ink, accent, second };
}
