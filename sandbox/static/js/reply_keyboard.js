/** The persistent keyboard under the composer: big buttons that send their own words. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

export class ReplyKeyboard {
  /** @param {{sendText: Function, shareContact: Function, shareLocation: Function}} actions */
  constructor(actions) {
    this.actions = actions;
    this.markup = null;
    this.open = true;
    this.drawn = "";
    this.node = el("div", { class: "reply-keyboard", data: { testid: "reply-keyboard" }, hidden: true });
    this.toggle = el("button", { type: "button", class: "icon-button keyboard-toggle", hidden: true, on: { click: () => this.setOpen(!this.open) } },
      icon("keyboard"));
  }

  /** Show the bot's latest keyboard, sent with message `messageId`; a new one opens itself, the same one stays as it was left. */
  update(markup, messageId) {
    const drawn = JSON.stringify([markup ?? null, messageId ?? 0]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.markup = markup?.keyboard?.length ? markup : null;
    const rows = this.markup?.keyboard ?? [];
    this.node.replaceChildren(...rows.map((row) => el("div", { class: "reply-row" }, row.map((button) => this.button(button)))));
    this.setOpen(true);
  }

  get placeholder() {
    return this.markup?.input_field_placeholder ?? "";
  }

  setOpen(open) {
    this.open = open;
    this.node.hidden = !this.markup || !open;
    this.toggle.hidden = !this.markup;
    this.toggle.classList.toggle("active", open);
    this.toggle.setAttribute("aria-pressed", String(open));
    const label = t(open ? "hide_keyboard" : "show_keyboard");
    this.toggle.setAttribute("aria-label", label);
    this.toggle.title = label;
  }

  button(button) {
    const words = typeof button === "string" ? button : button.text;
    const press = () => {
      if (this.markup.one_time_keyboard) this.setOpen(false);
      if (button.request_contact) this.actions.shareContact();
      else if (button.request_location) this.actions.shareLocation();
      else this.actions.sendText(words);
    };
    const sign = button.request_contact ? icon("person") : button.request_location ? icon("pin") : null;
    return el("button", { type: "button", class: "reply-button", data: { reply: words }, on: { click: press } }, sign, el("span", { text: words }));
  }
}
