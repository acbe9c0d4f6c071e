// The stack's picture, with each function's calls of the last minute in its card.
import { shape } from "./dom.js";

export async function show(place) {
  const answer = await fetch("topology.svg");
  const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  place.replaceChildren(document.importNode(parsed.documentElement, true));
}

export function live(place, functions) {
  const cards = new Map();
  for (const card of place.querySelectorAll("g.card.function")) {
    cards.set(card.querySelector(".name")?.textContent, card);
  }
  for (const each of functions) {
    const card = cards.get(each.label);
    if (!card) continue;
    card.querySelector(".live")?.remove();
    if (!each.calls) continue;
    const box = card.querySelector("rect");
    const x = Number(box.getAttribute("x")) + Number(box.getAttribute("width")) - 8;
    const y = Number(box.getAttribute("y")) + 15;
    const kind = each.errors ? "live failing" : "live";
    card.append(shape("text", { class: kind, x, y, "text-anchor": "end" }, `${each.calls}/min`));
  }
}
