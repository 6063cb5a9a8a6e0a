/** A small menu that opens at a button, inside the phone: arrow keys, Escape and a click elsewhere work as expected. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

let closeOpen = null;

/**
 * @param {HTMLElement} button the button that opened it
 * @param {HTMLElement} holder where the menu is put; its CSS places it
 * @param {Array<{icon: string, words: string, act: Function, testid?: string, danger?: boolean}>} items
 */
export function popupMenu(button, holder, items) {
  if (button.getAttribute("aria-expanded") === "true") {
    closeOpen?.();
    return;
  }
  closeOpen?.();
  const menu = el("div", { class: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") });
  const close = (focus = false) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    closeOpen = null;
    if (focus) button.focus();
  };
  const outside = (event) => !menu.contains(event.target) && !button.contains(event.target) && close();
  menu.append(...items.map((item) => itemNode(item, close)));
  menu.addEventListener("keydown", (event) => keys(event, menu, close));
  document.addEventListener("pointerdown", outside, true);
  button.setAttribute("aria-expanded", "true");
  holder.append(menu);
  closeOpen = close;
  menu.firstElementChild?.focus();
}

function itemNode(item, close) {
  const act = () => {
    close(true);
    item.act();
  };
  return el("button", {
    type: "button", role: "menuitem", tabindex: "-1", class: `menu-item${item.danger ? " danger" : ""}`, data: { testid: item.testid }, on: { click: act },
  }, icon(item.icon), el("span", { text: item.words }));
}

function keys(event, menu, close) {
  const items = [...menu.children];
  const index = items.indexOf(document.activeElement);
  const goal = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key];
  if (goal !== undefined) {
    event.preventDefault();
    items[(goal + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  }
}
