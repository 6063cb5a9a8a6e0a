/** Buttons under a message. A pressed one is busy until the bot answers the press. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { isDeepLink } from "./links.js";

export function inlineKeyboard(message, rows, actions) {
  return el("div", { class: "inline-keyboard" }, rows.map((row) =>
    el("div", { class: "inline-row" }, row.map((button) => buttonNode(message, button, actions)))));
}

function buttonNode(message, button, actions) {
  if (button.url) return urlButton(button, actions);
  const node = el("button", { type: "button", class: "inline-button" }, el("span", { text: button.text }));
  if (button.callback_data !== undefined) {
    node.dataset.callback = button.callback_data;
    node.addEventListener("click", () => press(node, () => actions.press(message, button.callback_data)));
  } else if (button.copy_text) {
    node.addEventListener("click", () => actions.copy(button.copy_text.text));
  } else {
    node.disabled = true;
  }
  return node;
}

function urlButton(button, actions) {
  const open = (event) => {
    if (!isDeepLink(button.url)) return;
    event.preventDefault();
    actions.openLink(button.url);
  };
  return el("a", {
    class: "inline-button", href: button.url, target: "_blank", rel: "noopener noreferrer", data: { url: button.url }, on: { click: open },
  }, el("span", { text: button.text }), icon("external"));
}

/** A second press while one is under way is ignored, as in Telegram. */
async function press(node, send) {
  if (node.classList.contains("busy")) return;
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
  try {
    await send();
  } finally {
    node.classList.remove("busy");
    node.removeAttribute("aria-busy");
  }
}
