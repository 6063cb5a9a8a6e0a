/** The bar above the phones: name, clock, connection, language. */

import { ClockBar } from "./clock_bar.js";
import { el } from "./dom.js";
import { events } from "./events.js";
import { language, setLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";

export class Topbar {
  constructor(node, onLanguage) {
    this.node = node;
    this.onLanguage = onLanguage;
    this.online = true;
    this.clock = new ClockBar();
    events.addEventListener("connection", ({ detail }) => this.setOnline(detail.online));
    this.draw();
  }

  draw() {
    document.title = t("title");
    document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
    this.offline = el("p", { class: "offline", role: "status", data: { testid: "offline" } });
    this.clock.draw();
    this.node.replaceChildren(
      el("div", { class: "brand" }, el("img", { src: "/static/icon.svg", alt: "", width: "36", height: "36" }),
        el("div", { class: "brand-words" }, el("h1", { text: t("title") }), el("p", { text: t("tagline") }))),
      this.offline,
      this.clock.node,
      el("button", { type: "button", class: "button quiet language", lang: language() === "zh" ? "en" : "zh-CN", data: { testid: "language" }, on: { click: () => this.changeLanguage() } }, t("language")));
    this.setOnline(this.online);
  }

  setOnline(online) {
    this.online = online;
    this.offline.hidden = online;
    this.offline.replaceChildren(...(online ? [] : [icon("link"), t("reconnecting")]));
  }

  changeLanguage() {
    setLanguage(language() === "zh" ? "en" : "zh");
    this.draw();
    this.onLanguage();
    this.node.querySelector(".language").focus();
  }
}
