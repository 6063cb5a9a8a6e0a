/** A search field over a list of choices: type to narrow down, arrow keys to move, Enter to take. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

const SHOWN = 60;

/**
 * @param {string} placeholder
 * @param {(words: string) => Array} find the items for what was typed
 * @param {(item) => Node} draw the inside of a row
 * @param {(item) => void} take
 * @param {string} nothing words for an empty list
 */
export function searchList({ placeholder, find, draw, take, nothing, mark = () => ({}) }) {
  const input = el("input", { type: "text", role: "searchbox", class: "input", placeholder, "aria-label": placeholder, autocomplete: "off", data: { focus: "", testid: "search" } });
  const rows = el("ul", { class: "choices" });
  const fill = () => {
    const found = find(input.value);
    rows.replaceChildren(...found.slice(0, SHOWN).map((item) =>
      el("li", {}, el("button", { type: "button", class: "choice", ...mark(item), on: { click: () => take(item) } }, draw(item)))));
    if (!found.length) rows.append(el("li", { class: "choices-note", text: input.value ? t("nobody_found") : nothing ?? t("nobody_found") }));
    if (found.length > SHOWN) rows.append(el("li", { class: "choices-note", text: t("more_found", { count: found.length - SHOWN }) }));
  };
  const node = el("div", { class: "search-list" }, el("div", { class: "search-field" }, icon("search"), input), rows);
  input.addEventListener("input", fill);
  node.addEventListener("keydown", (event) => move(event, input, rows));
  fill();
  return { node, fill };
}

function move(event, input, rows) {
  const buttons = [...rows.querySelectorAll(".choice")];
  if (event.key === "Enter" && event.target === input && !event.isComposing) {
    event.preventDefault();
    buttons[0]?.click();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const index = buttons.indexOf(document.activeElement) + step;
  (index < 0 ? input : buttons[Math.min(index, buttons.length - 1)] ?? input).focus();
}
