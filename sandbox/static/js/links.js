/** Links in messages: deep links to the bot are opened on a phone, web addresses in a new tab, nothing else at all. */

import { el } from "./dom.js";
import { store } from "./store.js";

/**
 * Whether the address opens the bot: `https://t.me/<bot>?start=…`, `tg://resolve?domain=<bot>&start=…`.
 * Another bot's name counts too while the sandbox doesn't know its own.
 */
export function isDeepLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  const ours = (name) => !store.bot.username || name.toLowerCase() === store.bot.username.toLowerCase();
  if (url.protocol === "tg:") return ours(url.searchParams.get("domain") ?? "");
  return ["t.me", "telegram.me", "telegram.dog"].includes(url.hostname) && ours(url.pathname.slice(1).split("/")[0]);
}

const isSafe = (address) => /^(https?|mailto|tel):/i.test(address);

/** A link with these children; a deep link calls `actions.openLink`. */
export function linkNode(address, children, actions) {
  if (isDeepLink(address)) {
    const open = (event) => {
      event.preventDefault();
      actions.openLink(address);
    };
    return el("a", { href: address, class: "deep-link", on: { click: open } }, children);
  }
  if (!isSafe(address)) return el("span", {}, children);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}
