/** A person as the page shows one: a coloured initial, name, role and note. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { personName } from "./store.js";

export const ROLES = ["cadre", "household", "supervisor", "admin"];

export const roleWords = (person) => t(ROLES.includes(person.role) ? `role_${person.role}` : "role_none");

export function avatar(person) {
  return el("span", { class: `avatar role-${ROLES.includes(person.role) ? person.role : "none"}`, "aria-hidden": "true", text: [...personName(person)][0] ?? "?" });
}

export function personRow(person) {
  return [
    avatar(person),
    el("span", { class: "row-words" },
      el("span", { class: "row-name", text: personName(person) }),
      el("span", { class: "row-note", text: person.note || person.phone || String(person.id) })),
    el("span", { class: `role-chip role-${person.role}`, text: roleWords(person) }),
  ];
}
