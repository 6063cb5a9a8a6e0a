/** Following deep links: printed cards, invitations, pasted links, links inside messages. */

import { api } from "./api.js";
import { dialogForm, field, openDialog } from "./dialog.js";
import { el } from "./dom.js";
import { events } from "./events.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { personSearch } from "./person_dialogs.js";
import { searchList } from "./search_list.js";
import { store } from "./store.js";

/** "Scan" one of the printed cards; resolves with its link, or null. */
export async function chooseCard() {
  let cards = [];
  const list = searchList({
    placeholder: t("search_card"), nothing: t("no_cards"), draw: cardRow,
    find: (words) => cards.filter((card) => matches(card, words)),
    take: (card) => finish(card.link),
    mark: (card) => ({ data: { card: card.code ?? card.link } }),
  });
  const load = () => api.cards().then((found) => {
    cards = found;
    list.fill();
  }, () => {});
  let finish = () => {};
  events.addEventListener("cards", load);
  load();
  const link = await openDialog(t("deliver_card"), (close) => {
    finish = close;
    return [el("p", { class: "hint", text: t("deliver_card_hint") }), list.node];
  }, "choose-card");
  events.removeEventListener("cards", load);
  return link;
}

function cardRow(card) {
  const title = card.title || card.household || card.code;
  const note = [card.household, card.code].filter((words) => words && words !== title).join(" · ");
  return [
    el("span", { class: "card-icon" }, icon("scan")),
    el("span", { class: "row-words" }, el("span", { class: "row-name", text: title }), el("span", { class: "row-note", text: note })),
  ];
}

function matches(card, words) {
  const wanted = words.trim().toLowerCase();
  return [card.title, card.household, card.code, card.link].some((text) => String(text ?? "").toLowerCase().includes(wanted));
}

/** Ask for a link or a bare start parameter; resolves with a link, or null. */
export function askLink() {
  return openDialog(t("open_link"), (close) => {
    const link = field(t("link_label"), { name: "link", placeholder: "https://t.me/…?start=…", data: { focus: "", testid: "link" } });
    const go = () => link.input.value.trim() && close(fullLink(link.input.value.trim()));
    return [dialogForm([link.node], t("open"), go, close)];
  }, "open-link");
}

/** `abc` → `https://t.me/<bot>?start=abc`; an address stays what it is. */
function fullLink(words) {
  if (/^https?:|^tg:/i.test(words)) return words;
  if (/^t\.me\//i.test(words)) return `https://${words}`;
  return `https://t.me/${store.bot.username}?start=${encodeURIComponent(words)}`;
}

/** A link was pressed on one phone: choose whose phone follows it; resolves with that person's id, or null. */
export function chooseWhere(link, ownId) {
  return openDialog(t("open_on"), (close) => [
    el("p", { class: "hint link-shown", text: link }),
    el("div", { class: "dialog-foot first" },
      el("button", { type: "button", class: "button main", text: t("open_here"), data: { testid: "open-here" }, on: { click: () => close(ownId) } })),
    personSearch((person) => close(String(person.id)), ownId),
  ], "open-on");
}
