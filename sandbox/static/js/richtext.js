/**
 * Bot API text with entities as DOM nodes. Offsets and lengths count UTF-16 units, which is what JavaScript strings
 * count too, so that no conversion is needed as long as nobody iterates over code points.
 */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { linkNode } from "./links.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const LINKS = { url: "", email: "mailto:", phone_number: "tel:" };
const SELF_MADE = /https?:\/\/[^\s<>"'，。；：、！？（）《》“”]+|(?<![\w/])\/[a-z][a-z0-9_]{1,31}\b/gi;

/**
 * @param {string} text
 * @param {Array} entities as in a message, in any order, nested at will
 * @param {{openLink: Function, sendCommand: Function}} actions what links and commands do
 */
export function richText(text, entities, actions) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes(text, 0, text.length, sorted, actions, false));
  return fragment;
}

/** Nodes for text[start, end): plain stretches and the outermost entities, each filled with what lies inside it. */
function nodes(text, start, end, entities, actions, inLink) {
  const made = [];
  let position = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const from = Math.max(entity.offset, position);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) continue;
    const inner = [];
    while (index + 1 < entities.length && entities[index + 1].offset < to) inner.push(entities[(index += 1)]);
    made.push(...plain(text.slice(position, from), actions, inLink));
    const closed = inLink || entity.type in LINKS || ["text_link", "code", "pre", "bot_command"].includes(entity.type);
    made.push(wrap(entity, text.slice(from, to), nodes(text, from, to, inner, actions, closed), actions));
    position = to;
  }
  made.push(...plain(text.slice(position, end), actions, inLink));
  return made;
}

/** Text outside entities; addresses and commands in it become links, as Telegram's own server makes them. */
function plain(text, actions, inLink) {
  if (!text) return [];
  if (inLink) return [document.createTextNode(text)];
  const made = [];
  let position = 0;
  for (const match of text.matchAll(SELF_MADE)) {
    made.push(document.createTextNode(text.slice(position, match.index)));
    made.push(match[0].startsWith("/") ? command(match[0], [match[0]], actions) : linkNode(match[0], [match[0]], actions));
    position = match.index + match[0].length;
  }
  made.push(document.createTextNode(text.slice(position)));
  return made.filter((node) => node.nodeType !== Node.TEXT_NODE || node.data);
}

function wrap(entity, text, children, actions) {
  const { type } = entity;
  if (type in TAGS) return el(TAGS[type], {}, children);
  if (type === "text_link") return linkNode(entity.url, children, actions);
  if (type in LINKS) return linkNode(address(type, text), children, actions);
  if (type === "bot_command") return command(text, children, actions);
  if (type === "spoiler") return spoiler(children);
  if (type === "blockquote") return el("blockquote", {}, children);
  if (type === "expandable_blockquote") return expandable(children);
  if (["mention", "hashtag", "cashtag", "text_mention"].includes(type)) return el("span", { class: "mention" }, children);
  return el("span", {}, children);
}

function address(type, text) {
  if (type === "url") return /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  return LINKS[type] + (type === "phone_number" ? text.replace(/[^\d+*#]/g, "") : text);
}

function command(text, children, actions) {
  return el("button", { type: "button", class: "command", on: { click: () => actions.sendCommand(text) } }, children);
}

function spoiler(children) {
  const node = el("button", { type: "button", class: "spoiler", "aria-expanded": "false", "aria-label": t("spoiler") },
    el("span", { class: "spoiler-text", "aria-hidden": "true" }, children));
  node.addEventListener("click", () => node.replaceWith(el("span", { class: "spoiler-shown" }, [...node.firstChild.childNodes])));
  return node;
}

function expandable(children) {
  return el("details", { class: "quote-more" }, el("summary", { "aria-label": t("message") }), el("blockquote", {}, children));
}
