/** The sandbox's clock and the buttons that move it forward. */

import { api } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { changes, loadState, store } from "./store.js";
import { clockWords } from "./time.js";

const MOVES = ["next_morning", "next_monday", "plus_day"];
const LOOK_EVERY_MS = 30000;
const PROBLEM_MS = 8000;

export class ClockBar {
  constructor() {
    this.busy = false;
    this.problem = "";
    this.node = el("div", { class: "clock", role: "group" });
    changes.addEventListener("state", () => this.update());
    setInterval(() => !document.hidden && loadState().catch(() => {}), LOOK_EVERY_MS);
  }

  /** Build the bar in the page's language. */
  draw() {
    this.node.setAttribute("aria-label", t("clock"));
    this.date = el("span", { class: "clock-date" });
    this.day = el("span", { class: "clock-day" });
    this.time = el("span", { class: "clock-time" });
    this.note = el("span", { class: "clock-note", role: "status" });
    this.buttons = MOVES.map((to) => el("button", {
      type: "button", class: "button small", text: t(`clock_${to}`), data: { testid: `clock-${to}` }, on: { click: () => this.move(to) },
    }));
    this.node.replaceChildren(
      el("div", { class: "clock-face", data: { testid: "clock" } }, icon("clock"), el("span", { class: "clock-words" }, this.date, this.day, this.time), this.note),
      el("div", { class: "clock-buttons" }, this.buttons));
    this.update();
  }

  update() {
    const words = clockWords();
    this.date.textContent = words.date;
    this.day.textContent = words.day;
    this.time.textContent = words.time;
    this.note.textContent = this.busy ? t("clock_moving") : this.problem;
    this.note.classList.toggle("warning", Boolean(this.problem) && !this.busy);
    this.node.classList.toggle("busy", this.busy);
    this.node.setAttribute("aria-busy", String(this.busy));
    for (const button of this.buttons) {
      button.disabled = this.busy;
      button.hidden = !store.clockMoves;
    }
  }

  async move(to) {
    this.busy = true;
    this.problem = "";
    this.update();
    try {
      await api.moveClock(to);
      await loadState();
    } catch (error) {
      this.tellProblem(t("clock_failed", { reason: error.message || t("offline") }));
    }
    this.busy = false;
    this.update();
  }

  tellProblem(words) {
    this.problem = words;
    setTimeout(() => {
      this.problem = "";
      this.update();
    }, PROBLEM_MS);
  }
}
