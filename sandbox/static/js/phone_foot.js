/** What stands above the composer at times: Start in an empty chat, Unblock in a blocked one. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

export class PhoneFoot {
  constructor(phone) {
    this.phone = phone;
    this.empty = false;
    this.node = el("div", { class: "foot", hidden: true });
  }

  setEmpty(empty) {
    this.empty = empty;
    this.phone.node.classList.toggle("empty", empty);
    this.update();
  }

  update() {
    const { person } = this.phone;
    const drawn = JSON.stringify([person.blocked, this.empty, person.start_link]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const buttons = person.blocked ? this.blockedButtons() : this.empty ? this.startButtons(person) : [];
    this.node.replaceChildren(...buttons);
    this.node.hidden = !buttons.length;
  }

  blockedButtons() {
    return [footButton("unblock", "play", t("unblock_bot"), () => this.phone.actions.setBlocked(false))];
  }

  startButtons(person) {
    const invited = person.start_link && footButton("invitation", "envelope", t("open_invitation"), () => this.phone.actions.follow(person.start_link));
    const scan = !invited && footButton("foot-scan", "scan", t("deliver_card"), () => this.phone.head.scan(), "quiet");
    const start = footButton("start", "play", t("start"), () => this.phone.actions.sendText("/start"), invited ? "quiet" : "main");
    return [invited, start, scan].filter(Boolean);
  }
}

function footButton(testid, iconName, words, act, look = "main") {
  return el("button", { type: "button", class: `button ${look}`, data: { testid }, on: { click: act } }, icon(iconName), words);
}
