/** Short words on a phone: a toast that goes away, an alert that waits for OK. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

const TOAST_MS = 3500;

/** Show words over the chat; long ones stay longer. */
export function showToast(holder, words) {
  holder.querySelector(".toast")?.remove();
  const toast = el("div", { class: "toast", role: "status", text: words, data: { testid: "toast" } });
  holder.append(toast);
  setTimeout(() => toast.remove(), TOAST_MS + words.length * 40);
}

/** Show words in a small window on the phone until they are confirmed. */
export function showAlert(holder, words, title) {
  const before = document.activeElement;
  const close = () => {
    cover.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
  const ok = el("button", { type: "button", class: "button main", text: t("ok"), data: { testid: "alert-ok" }, on: { click: close } });
  const keys = (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") event.preventDefault();
  };
  const cover = el("div", { class: "alert-cover", role: "alertdialog", "aria-modal": "true", "aria-label": words, data: { testid: "alert" }, on: { keydown: keys } },
    el("div", { class: "alert" }, el("strong", { text: title }), el("p", { text: words }), ok));
  holder.append(cover);
  ok.focus();
}
