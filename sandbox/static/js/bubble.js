/** One message as a list item: quote, attachment, words, time, buttons. */

import { attachmentNode, summary } from "./attachments.js";
import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./inline_keyboard.js";
import { richText } from "./richtext.js";
import { hourMinute } from "./time.js";

/**
 * @param {object} message Bot API message with `outgoing`
 * @param {object} actions what a person can do in this chat, see `chat_actions.js`
 */
export function messageNode(message, actions) {
  const keyboard = message.reply_markup?.inline_keyboard;
  const own = Boolean(message.outgoing);
  const item = el("li", {
    class: `message ${own ? "out" : "in"}${keyboard ? " with-keyboard" : ""}`,
    data: { messageId: message.message_id },
  });
  item.append(bubble(message, actions), tools(message, actions));
  if (keyboard?.length) item.append(inlineKeyboard(message, keyboard, actions));
  return item;
}

function bubble(message, actions) {
  const attachment = attachmentNode(message);
  const words = message.text ?? message.caption;
  const picture = Boolean(message.photo);
  const box = el("div", { class: `bubble${picture ? " has-photo" : ""}${words ? "" : ` only-${picture ? "photo" : message.voice ? "voice" : "part"}`}` });
  if (message.forward_origin) box.append(el("p", { class: "forwarded", text: t("forwarded") }));
  if (message.reply_to_message) box.append(quote(message.reply_to_message, actions));
  if (attachment) box.append(attachment);
  if (words) box.append(text(message, words, actions));
  else if (!attachment) box.append(el("p", { class: "text unsupported", text: t("unsupported") }));
  box.append(stamp(message));
  return box;
}

function text(message, words, actions) {
  const node = el("div", { class: "text", data: { testid: "text" } });
  node.append(richText(words, message.text ? message.entities : message.caption_entities, actions));
  return node;
}

function stamp(message) {
  return el("p", { class: "stamp" },
    message.edit_date && el("span", { class: "edited", text: t("edited") }),
    el("time", { datetime: new Date(message.date * 1000).toISOString(), text: hourMinute(message.date) }));
}

/** The message that is answered, in one line; a press goes there. */
function quote(original, actions) {
  return el("button", { type: "button", class: "quote", on: { click: () => actions.goTo(original.message_id) } },
    el("span", { class: "quote-name", text: actions.author(original) }),
    el("span", { class: "quote-text", text: summary(original) }));
}

function tools(message, actions) {
  const editable = message.outgoing && message.text && !message.forward_origin;
  return el("div", { class: "tools" },
    iconButton(icon("reply"), t("reply"), () => actions.reply(message)),
    editable && iconButton(icon("edit"), t("edit"), () => actions.startEdit(message)));
}
