/** Tabs over the phones, shown on a narrow screen only. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

export class Tabs {
  constructor(node, choose) {
    this.node = node;
    this.choose = choose;
    this.drawn = "";
    node.addEventListener("keydown", (event) => this.keys(event));
  }

  /** @param {Array<{words: string, role: string, note: string}>} items */
  draw(items, active) {
    const drawn = JSON.stringify([items, active]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = this.node.contains(document.activeElement);
    this.node.setAttribute("aria-label", t("phones"));
    this.node.replaceChildren(...items.map((item, index) => el("button", {
      type: "button", role: "tab", id: `tab-${index}`, class: `tab role-${item.role}`, "aria-selected": String(index === active),
      "aria-controls": `slot-${index}`, tabindex: index === active ? "0" : "-1", data: { testid: `tab-${index}` },
      on: { click: () => this.choose(index) },
    }, el("span", { class: "tab-words", text: item.words }), el("span", { class: "tab-note", text: item.note }))));
    if (focused) this.node.children[active].focus();
  }

  keys(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...this.node.children];
    const index = all.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    this.choose((index + step + all.length) % all.length);
  }
}
