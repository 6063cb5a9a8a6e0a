/** The scrolling list of messages: changes only what changed, stays at the bottom unless the person scrolled up. */

import { messageNode } from "./bubble.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { dayWords } from "./time.js";

const NEAR_BOTTOM_PX = 48;
const RUN_SECONDS = 300;

export class ChatView {
  constructor(actions, label) {
    this.actions = actions;
    this.drawn = new Map();
    this.days = new Map();
    this.stuck = true;
    this.lastTop = 0;
    this.list = el("ol", { class: "messages", role: "log", "aria-label": label, tabindex: "0" });
    this.down = el("button", { type: "button", class: "to-bottom", hidden: true, on: { click: () => this.toBottom() } });
    this.empty = el("p", { class: "no-messages", text: t("no_messages"), hidden: true });
    this.node = el("div", { class: "chat" }, this.list, this.empty, this.down);
    this.list.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    this.observer = new ResizeObserver(() => this.stuck && this.toBottom());
    this.observer.observe(this.list);
    this.list.addEventListener("load", () => this.stuck && this.toBottom(), true);
  }

  destroy() {
    this.observer.disconnect();
  }

  /** Show these messages, oldest first. */
  update(messages) {
    const first = this.drawn.size === 0;
    const before = this.newest;
    const wanted = this.nodesFor(messages);
    this.reconcile(wanted);
    markRuns(messages, this.drawn);
    this.newest = messages.at(-1)?.message_id;
    this.empty.hidden = messages.length > 0;
    const grew = this.newest !== undefined && this.newest !== before;
    if (this.stuck || first || (grew && messages.at(-1).outgoing)) this.toBottom();
    else if (grew) this.announceNew();
    // Only what comes later is read aloud, not the whole history.
    if (first) requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  /** The day lines and messages in order, with the nodes of unchanged messages used again. */
  nodesFor(messages) {
    const wanted = [];
    let day = "";
    for (const message of messages) {
      const words = dayWords(message.date);
      if (words !== day) wanted.push(this.dayNode(words, message.message_id));
      day = words;
      wanted.push(this.nodeFor(message));
    }
    return wanted;
  }

  dayNode(words, key) {
    const id = `${key} ${words}`;
    if (!this.days.has(id)) this.days.set(id, el("li", { class: "day", role: "presentation" }, el("span", { text: words })));
    return this.days.get(id);
  }

  nodeFor(message) {
    const sign = JSON.stringify(message);
    const old = this.drawn.get(message.message_id);
    if (old?.sign === sign) return old.node;
    const node = messageNode(message, this.actions);
    if (old) keepFocus(old.node, node);
    this.drawn.set(message.message_id, { sign, node });
    return node;
  }

  reconcile(wanted) {
    const keep = new Set(wanted);
    const focused = this.pendingFocus();
    for (const child of [...this.list.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    for (const [id, entry] of this.drawn) if (!keep.has(entry.node)) this.drawn.delete(id);
    for (const [id, node] of this.days) if (!keep.has(node)) this.days.delete(id);
    focused?.();
  }

  /** A callback that gives the focus to the successor of a button that is about to be replaced. */
  pendingFocus() {
    for (const { node } of this.drawn.values()) {
      if (node.takeFocus) {
        const take = node.takeFocus;
        delete node.takeFocus;
        return take;
      }
    }
    return null;
  }

  /** Only scrolling upwards lets go of the bottom: growing content or a shrinking view must not. */
  noteScroll() {
    const top = this.list.scrollTop;
    const near = this.list.scrollHeight - top - this.list.clientHeight < NEAR_BOTTOM_PX;
    this.stuck = near || (this.stuck && top >= this.lastTop);
    this.lastTop = top;
    if (this.stuck) this.down.hidden = true;
    else if (this.down.hidden) this.offerDown(t("scroll_down"), false);
  }

  announceNew() {
    this.offerDown(t("new_messages"), true);
  }

  offerDown(words, unread) {
    this.down.hidden = false;
    this.down.classList.toggle("unread", unread);
    this.down.setAttribute("aria-label", words);
    this.down.replaceChildren(...(unread ? [el("span", { text: words }), icon("down")] : [icon("down")]));
  }

  toBottom() {
    this.stuck = true;
    this.down.hidden = true;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: "instant" });
  }

  /** Scroll to a message and let it glow for a moment. */
  goTo(messageId) {
    const entry = this.drawn.get(messageId);
    if (!entry) return;
    entry.node.scrollIntoView({ block: "center", behavior: "smooth" });
    entry.node.classList.add("glow");
    setTimeout(() => entry.node.classList.remove("glow"), 1400);
  }
}

/** Messages of one side that follow each other closely stand closer together. */
function markRuns(messages, drawn) {
  messages.forEach((message, index) => {
    const next = messages[index + 1];
    const run = next && Boolean(next.outgoing) === Boolean(message.outgoing) && next.date - message.date < RUN_SECONDS;
    drawn.get(message.message_id)?.node.classList.toggle("run", Boolean(run));
  });
}

/** When the bot edits a message whose button has the focus, the button in the same place gets it. */
function keepFocus(oldNode, newNode) {
  if (!oldNode.contains(document.activeElement)) return;
  const buttons = [...oldNode.querySelectorAll(".inline-button")];
  const index = buttons.indexOf(document.activeElement);
  newNode.takeFocus = () => {
    const fresh = [...newNode.querySelectorAll(".inline-button")];
    (fresh[Math.max(0, Math.min(index, fresh.length - 1))] ?? newNode.closest(".messages"))?.focus({ preventScroll: true });
  };
}
