/** Building DOM nodes: data only ever becomes text or an attribute, never markup. */

/**
 * Make an element. `props` knows `class`, `text`, `data` (dataset), `on` (listeners); a boolean
 * sets or leaves out the attribute, everything else is an attribute of that name.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "text") node.textContent = value;
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** A round button that shows only an icon; its label is for tooltips and screen readers. */
export function iconButton(iconNode, label, onClick, props = {}) {
  return el("button", {
    type: "button", ...props, class: `icon-button ${props.class ?? ""}`.trim(),
    "aria-label": label, title: label, on: { click: onClick },
  }, iconNode);
}
