/** What the person holding a phone can do in the chat; every failure is told on that phone. */

import { api } from "./api.js";
import { answerTo } from "./callbacks.js";
import { askContact, askLocation } from "./share_dialogs.js";
import { t } from "./i18n.js";
import { chooseWhere } from "./open_dialogs.js";
import { personName, store } from "./store.js";

export class ChatActions {
  /** @param phone the phone these actions belong to, see `phone.js` */
  constructor(phone) {
    this.phone = phone;
  }

  get id() {
    return this.phone.personId;
  }

  /** Run a call; false when it failed. */
  async attempt(call) {
    try {
      await call();
      return true;
    } catch (error) {
      this.phone.toast(t("failed", { reason: error.message || t("offline") }));
      return false;
    }
  }

  sendText(text) {
    return this.attempt(() => api.send(this.id, { text }));
  }

  sendCommand(text) {
    return this.sendText(text);
  }

  /** Send anything the sandbox takes; see `send` in its description. */
  sendContent(content) {
    return this.attempt(() => api.send(this.id, content));
  }

  editText(messageId, text) {
    return this.attempt(() => api.edit(this.id, messageId, text));
  }

  press(message, data) {
    return this.attempt(async () => {
      const { callback_query_id: queryId } = await api.press(this.id, message.message_id, data);
      const answer = await answerTo(queryId);
      if (!answer?.text) return;
      if (answer.show_alert) this.phone.alert(answer.text);
      else this.phone.toast(answer.text);
    });
  }

  /** A deep link inside a message: this person or somebody else follows it. */
  async openLink(link) {
    const chosen = await chooseWhere(link, this.id);
    if (chosen) await this.phone.followElsewhere(chosen, link);
  }

  follow(link) {
    return this.attempt(() => api.open(this.id, link));
  }

  setBlocked(blocked) {
    return this.attempt(() => (blocked ? api.block(this.id) : api.unblock(this.id)));
  }

  async shareContact() {
    const contact = await askContact(this.phone.person);
    if (contact) await this.sendContent(contact);
  }

  async shareLocation() {
    const location = await askLocation();
    if (location) await this.sendContent({ location });
  }

  reply(message) {
    this.phone.composer.startReply(message, this.author(message));
  }

  startEdit(message) {
    this.phone.composer.startEdit(message);
  }

  goTo(messageId) {
    this.phone.view.goTo(messageId);
  }

  author(message) {
    const own = message.outgoing ?? String(message.from?.id) === String(this.id);
    return own ? personName(this.phone.person) : store.bot.first_name || t("bot");
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    this.phone.toast(t("copied"));
  }
}
