// Elements without markup in strings: nothing that was sent by somebody is ever parsed.
const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function cell(text, kind = "") {
  return element("td", kind ? { class: kind } : {}, String(text));
}

export function row(...cells) {
  return element("tr", {}, ...cells);
}
