/** One phone: a person, their chat with the bot, the composer. It lives as long as this person holds it. */

import { api } from "./api.js";
import { ChatActions } from "./chat_actions.js";
import { ChatView } from "./chat_view.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { dropFiles } from "./drop_files.js";
import { events } from "./events.js";
import { t } from "./i18n.js";
import { showAlert, showToast } from "./notices.js";
import { PhoneFoot } from "./phone_foot.js";
import { PhoneHead } from "./phone_head.js";
import { ReplyKeyboard } from "./reply_keyboard.js";
import { changes, personName, store } from "./store.js";

export class Phone {
  /** @param {{switchPerson: Function, followElsewhere: Function}} stage the place the phone stands in */
  constructor(personId, stage) {
    this.personId = String(personId);
    this.person = store.persons.get(this.personId);
    this.stage = stage;
    this.listening = new AbortController();
    this.build();
    this.listen();
    this.refresh();
  }

  build() {
    this.actions = new ChatActions(this);
    this.view = new ChatView(this.actions, t("chat_of", { name: personName(this.person) }));
    this.keyboard = new ReplyKeyboard(this.actions);
    this.composer = new Composer(this, this.keyboard.toggle);
    this.foot = new PhoneFoot(this);
    this.head = new PhoneHead(this);
    this.screen = el("div", { class: "screen" }, this.head.bar, this.view.node, this.foot.node, this.composer.node, this.keyboard.node);
    this.node = el("section", { class: "phone", data: { testid: `phone-${this.personId}` }, "aria-label": personName(this.person) },
      this.head.plate, this.screen);
    dropFiles(this.screen, this);
    this.showPerson();
  }

  listen() {
    const { signal } = this.listening;
    events.addEventListener("chat", ({ detail }) => String(detail.person_id) === this.personId && this.refresh(), { signal });
    events.addEventListener("connection", ({ detail }) => detail.online && detail.again && this.refresh(), { signal });
    changes.addEventListener("state", () => this.showPerson(), { signal });
  }

  destroy() {
    this.listening.abort();
    this.view.destroy();
    this.node.remove();
  }

  showPerson() {
    this.person = store.persons.get(this.personId) ?? this.person;
    this.head.update(this.person);
    this.foot.update();
    const blocked = Boolean(this.person.blocked);
    this.node.classList.toggle("blocked", blocked);
    this.composer.node.hidden = blocked;
    this.keyboard.node.hidden = blocked || !this.keyboard.markup || !this.keyboard.open;
  }

  /** Read the chat; a call while one is under way reads once more afterwards, so that the last state always wins. */
  async refresh() {
    if (this.reading) {
      this.stale = true;
      return;
    }
    this.reading = true;
    do {
      this.stale = false;
      await this.read();
    } while (this.stale && !this.listening.signal.aborted);
    this.reading = false;
  }

  async read() {
    try {
      const chat = await api.chat(this.personId);
      if (this.listening.signal.aborted) return;
      this.view.update(chat.messages);
      this.keyboard.update(chat.keyboard, chat.keyboard_message_id);
      this.composer.setPlaceholder(this.keyboard.placeholder);
      this.head.setTyping(chat.typing);
      this.foot.setEmpty(chat.messages.length === 0);
      this.showPerson();
    } catch {
      // The event stream notices a lost server as well, says so, and reads again once it is back.
    }
  }

  toast(words) {
    showToast(this.screen, words);
  }

  alert(words) {
    showAlert(this.screen, words, store.bot.first_name || t("bot"));
  }

  switchPerson() {
    return this.stage.switchPerson(this);
  }

  followElsewhere(personId, link) {
    return this.stage.followElsewhere(this, personId, link);
  }
}
