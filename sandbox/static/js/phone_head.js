/** The top of a phone: a plate that says who holds it, and the chat's own bar with the bot's name. */

import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { askLink, chooseCard } from "./open_dialogs.js";
import { avatar, roleWords } from "./person_row.js";
import { popupMenu } from "./popup_menu.js";
import { personName, store } from "./store.js";

const TYPING_MS = 5000;

export class PhoneHead {
  constructor(phone) {
    this.phone = phone;
    this.typing = false;
    this.who = el("button", { type: "button", class: "who", data: { testid: "switch-person" }, on: { click: () => phone.switchPerson() } });
    this.plate = el("header", { class: "plate" }, this.who);
    this.title = el("strong", { class: "bar-title" });
    this.status = el("span", { class: "bar-status", data: { testid: "status" } });
    const scan = iconButton(icon("scan"), t("deliver_card"), () => this.scan(), { data: { testid: "scan" } });
    const more = iconButton(icon("more"), t("actions"), () => popupMenu(more, this.bar, this.items()), {
      data: { testid: "actions" }, "aria-haspopup": "menu", "aria-expanded": "false",
    });
    this.bar = el("div", { class: "bar" }, el("span", { class: "bot-mark", "aria-hidden": "true" }),
      el("span", { class: "bar-words" }, this.title, this.status), scan, more);
  }

  update(person) {
    const drawn = JSON.stringify([personName(person), person.role, person.note, person.phone]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.drawWho(person);
    }
    this.title.textContent = store.bot.first_name || t("bot");
    this.showStatus(person);
  }

  drawWho(person) {
    this.who.setAttribute("aria-label", t("switch_person", { name: personName(person) }));
    this.who.replaceChildren(avatar(person),
      el("span", { class: "row-words" },
        el("span", { class: "row-name" }, personName(person), el("span", { class: `role-chip role-${person.role}`, text: roleWords(person) })),
        el("span", { class: "row-note", text: person.note || person.phone || "" })),
      icon("chevron"));
  }

  /** Typing ends by itself after five seconds, without any event. */
  setTyping(typing) {
    this.typing = Boolean(typing);
    clearTimeout(this.typingEnds);
    if (this.typing) this.typingEnds = setTimeout(() => this.endTyping(), TYPING_MS);
  }

  endTyping() {
    this.typing = false;
    this.showStatus(this.phone.person);
  }

  showStatus(person) {
    const name = store.bot.username ? `@${store.bot.username}` : t("bot");
    this.status.textContent = person.blocked ? t("blocked") : this.typing ? t("typing") : name;
    this.status.classList.toggle("warning", Boolean(person.blocked));
  }

  items() {
    const { person, actions } = this.phone;
    return [
      { icon: "scan", words: t("deliver_card"), testid: "action-card", act: () => this.scan() },
      person.start_link && { icon: "envelope", words: t("open_invitation"), testid: "action-invitation", act: () => actions.follow(person.start_link) },
      { icon: "link", words: t("open_link"), testid: "action-link", act: () => this.paste() },
      person.blocked
        ? { icon: "play", words: t("unblock_bot"), testid: "action-unblock", act: () => actions.setBlocked(false) }
        : { icon: "block", words: t("block_bot"), testid: "action-block", danger: true, act: () => actions.setBlocked(true) },
    ].filter(Boolean);
  }

  async scan() {
    const link = await chooseCard();
    if (link) await this.phone.actions.follow(link);
  }

  async paste() {
    const link = await askLink();
    if (link) await this.phone.actions.follow(link);
  }
}
