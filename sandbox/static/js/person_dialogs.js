/** Choosing who holds a phone, and adding somebody new. */

import { api } from "./api.js";
import { dialogForm, field, openDialog, selectField } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { personRow, ROLES } from "./person_row.js";
import { searchList } from "./search_list.js";
import { findPersons, loadState } from "./store.js";

const markPerson = (current) => (person) => ({
  data: { person: person.id }, "aria-current": String(person.id) === String(current) ? "true" : null,
});

/** The list of persons as a dialog's content. */
export function personSearch(take, current) {
  return searchList({ placeholder: t("search_person"), find: findPersons, draw: personRow, take, mark: markPerson(current) }).node;
}

/** Resolves with the id of the chosen or newly added person, or null. */
export async function choosePerson(current, role) {
  const chosen = await openDialog(t("choose_person"), (close) => [
    personSearch((person) => close(String(person.id)), current),
    el("div", { class: "dialog-foot" },
      el("button", { type: "button", class: "button quiet", data: { testid: "add-person" }, on: { click: () => close("add") } },
        icon("addPerson"), t("add_person"))),
  ], "choose-person");
  return chosen === "add" ? addPerson(role) : chosen;
}

/** Resolves with the id of the new person, or null. */
export function addPerson(role = "household") {
  return openDialog(t("add_person"), (close) => {
    const name = field(t("given_name"), { name: "name", required: true, data: { focus: "" } });
    const phone = field(t("phone_optional"), { name: "phone", inputmode: "tel" });
    const kind = selectField(t("role"), ROLES.map((value) => [value, t(`role_${value}`)]), { name: "role" });
    const tongue = selectField(t("language_of_person"), [["zh-hans", t("chinese")], ["en", t("english")]], { name: "language_code" });
    const problem = el("p", { class: "form-problem", role: "alert", hidden: true });
    kind.input.value = ROLES.includes(role) ? role : "household";
    const save = () => create({ name, phone, kind, tongue, problem, close });
    return [dialogForm([name.node, phone.node, kind.node, tongue.node, problem], t("add"), save, close)];
  }, "add-person-form");
}

async function create({ name, phone, kind, tongue, problem, close }) {
  const complain = (words) => {
    problem.textContent = words;
    problem.hidden = false;
  };
  if (!name.input.value.trim()) {
    complain(t("name_needed"));
    name.input.focus();
    return;
  }
  const fields = { first_name: name.input.value.trim(), role: kind.input.value, language_code: tongue.input.value };
  if (phone.input.value.trim()) fields.phone = phone.input.value.trim();
  try {
    const person = await api.addPerson(fields);
    await loadState();
    close(String(person.id));
  } catch (error) {
    complain(t("failed", { reason: error.message || t("offline") }));
  }
}
