/** Modal windows over the whole page. The browser's own `dialog` keeps the focus inside and closes on Escape. */

import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

let counter = 0;

/**
 * Open a window; resolves with what `close(value)` was given, or null when it was left.
 * @param {string} title
 * @param {(close: Function) => Node[]} content makes what stands under the title
 * @param {string} testid for tests
 */
export function openDialog(title, content, testid) {
  return new Promise((resolve) => {
    const id = `dialog-${(counter += 1)}`;
    let result = null;
    const close = (value = null) => {
      result = value;
      box.close();
    };
    const box = el("dialog", { class: "dialog", "aria-labelledby": id, data: { testid } });
    box.append(
      el("header", { class: "dialog-head" },
        el("h2", { id, text: title }), iconButton(icon("close"), t("close"), () => close())),
      el("div", { class: "dialog-body" }, content(close)));
    box.addEventListener("click", (event) => event.target === box && close());
    box.addEventListener("close", () => {
      box.remove();
      resolve(result);
    });
    document.body.append(box);
    box.showModal();
    box.querySelector("[data-focus]")?.focus();
  });
}

/** A form in a dialog: fields, then Cancel and one main button; Enter does the main thing. */
export function dialogForm(fields, mainWords, onSubmit, close) {
  const submit = (event) => {
    event.preventDefault();
    onSubmit();
  };
  return el("form", { class: "form", novalidate: true, on: { submit } }, fields,
    el("div", { class: "form-buttons" },
      el("button", { type: "button", class: "button quiet", text: t("cancel"), on: { click: () => close() } }),
      el("button", { type: "submit", class: "button main", text: mainWords, data: { testid: "confirm" } })));
}

/** A labelled input. */
export function field(label, props) {
  const input = el("input", { class: "input", autocomplete: "off", ...props });
  return { input, node: el("label", { class: "field" }, el("span", { text: label }), input) };
}

/** A labelled select from `[value, words]` pairs. */
export function selectField(label, options, props = {}) {
  const input = el("select", { class: "input", ...props }, options.map(([value, words]) => el("option", { value, text: words })));
  return { input, node: el("label", { class: "field" }, el("span", { text: label }), input) };
}
