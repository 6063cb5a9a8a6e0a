/** Writing: the text field, send, attachments, and the bar that says what is answered or mended. */

import { attachMenu } from "./attach_menu.js";
import { summary } from "./attachments.js";
import { CommandList } from "./command_list.js";
import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { sendFiles } from "./outgoing_files.js";

/** Unsent words per person: they outlive a switch of persons or of the language. */
const drafts = new Map();

export class Composer {
  constructor(phone, keyboardToggle) {
    this.phone = phone;
    this.context = null;
    this.input = el("textarea", {
      class: "composer-input", rows: "1", placeholder: t("composer"), "aria-label": t("composer"), data: { testid: "composer" },
    });
    this.input.value = drafts.get(phone.personId) ?? "";
    this.sendButton = iconButton(icon("send"), t("send"), () => this.submit(), { class: "send", data: { testid: "send" } });
    const attach = iconButton(icon("attach"), t("attach"), () => attachMenu(attach, this.node, phone), {
      data: { testid: "attach" }, "aria-haspopup": "menu", "aria-expanded": "false",
    });
    this.bar = el("div", { class: "context-bar", hidden: true });
    this.commands = new CommandList(this.input, (command) => {
      this.setText("");
      this.input.focus();
      phone.actions.sendCommand(command);
    });
    this.node = el("div", { class: "composer" }, this.commands.node, this.bar,
      el("div", { class: "composer-row" }, attach, this.input, keyboardToggle, this.sendButton));
    this.listen();
    this.grow();
  }

  listen() {
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => this.keys(event));
    this.input.addEventListener("paste", (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      sendFiles(this.phone, [...event.clipboardData.files]);
    });
  }

  /** Enter sends, Shift+Enter makes a line; Enter that ends an input method's composition does neither. */
  keys(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.context) {
      this.endContext();
    }
  }

  grow() {
    drafts.set(this.phone.personId, this.input.value);
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    this.sendButton.disabled = !this.input.value.trim();
    this.commands.update();
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const { actions } = this.phone;
    const { context } = this;
    this.setText("");
    this.endContext();
    this.input.focus();
    const sent = context?.edit
      ? await actions.editText(context.message.message_id, text)
      : await actions.sendContent(context ? { text, reply_to_message_id: context.message.message_id } : { text });
    if (!sent && !this.input.value) this.setText(text);
  }

  /** The written words, taken away: they become the caption of a file. */
  takeText() {
    const text = this.context?.edit ? "" : this.input.value.trim();
    if (text) this.setText("");
    return text;
  }

  setText(text) {
    this.input.value = text;
    this.grow();
  }

  startReply(message, name) {
    this.startContext({ message, edit: false }, t("replying_to", { name }), "reply");
  }

  startEdit(message) {
    this.startContext({ message, edit: true }, t("editing"), "edit");
    this.setText(message.text);
  }

  startContext(context, title, iconName) {
    if (this.context?.edit) this.setText("");
    this.context = context;
    this.bar.replaceChildren(icon(iconName),
      el("div", { class: "context-words" }, el("strong", { text: title }), el("span", { text: summary(context.message) })),
      iconButton(icon("close"), t("cancel"), () => this.endContext()));
    this.bar.hidden = false;
    this.input.focus();
  }

  endContext() {
    if (this.context?.edit) this.setText("");
    this.context = null;
    this.bar.hidden = true;
  }

  setPlaceholder(words) {
    this.input.placeholder = words || t("composer");
  }
}
