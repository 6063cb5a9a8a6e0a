/** The bot's commands, offered while somebody types one. */

import { el } from "./dom.js";
import { store } from "./store.js";

const SHOWN = 8;

export class CommandList {
  /** @param {HTMLTextAreaElement} input @param {(command: string) => void} take */
  constructor(input, take) {
    this.input = input;
    this.take = take;
    this.node = el("ul", { class: "commands", hidden: true });
  }

  update() {
    const typed = /^\/(\w*)$/.exec(this.input.value);
    const found = typed ? (store.bot.commands ?? []).filter(({ command }) => command.startsWith(typed[1].toLowerCase())) : [];
    this.node.replaceChildren(...found.slice(0, SHOWN).map((item) => el("li", {}, this.button(item))));
    this.node.hidden = !found.length;
  }

  button({ command, description }) {
    return el("button", { type: "button", class: "command-choice", data: { command }, on: { click: () => this.take(`/${command}`) } },
      el("strong", { text: `/${command}` }), el("span", { text: description }));
  }
}
