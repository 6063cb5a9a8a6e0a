/** The four phones side by side; on a narrow screen one at a time, chosen by tabs. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { choosePerson } from "./person_dialogs.js";
import { roleWords, ROLES } from "./person_row.js";
import { Phone } from "./phone.js";
import { fillSlots, firstSlots, rememberSlots } from "./slots.js";
import { changes, personName, store } from "./store.js";
import { Tabs } from "./tabs.js";

export class Stage {
  constructor(node, tabsNode) {
    this.node = node;
    this.slots = firstSlots();
    this.phones = ROLES.map(() => null);
    this.tabs = new Tabs(tabsNode, (index) => this.activate(index));
    this.active = 0;
    changes.addEventListener("state", () => this.followState());
    this.rebuild();
  }

  /** Build all phones anew, as after a change of the page's language. */
  rebuild() {
    this.phones.forEach((phone) => phone?.destroy());
    this.phones = ROLES.map(() => null);
    this.node.replaceChildren(...ROLES.map((_, index) => el("div", {
      class: "slot", id: `slot-${index}`, role: "tabpanel", "aria-labelledby": `tab-${index}`,
    })));
    ROLES.forEach((_, index) => this.fill(index));
    this.activate(this.active);
  }

  /** Persons may come (an empty place is taken) and, with a new sandbox, go. */
  followState() {
    const wanted = fillSlots(this.slots.map((id) => (store.persons.has(id) ? id : null)));
    wanted.forEach((id, index) => id !== this.slots[index] && this.put(index, id));
    this.drawTabs();
  }

  put(index, personId) {
    this.slots[index] = personId;
    rememberSlots(this.slots);
    this.fill(index);
    this.drawTabs();
  }

  fill(index) {
    this.phones[index]?.destroy();
    const id = this.slots[index];
    this.phones[index] = id ? new Phone(id, this) : null;
    this.node.children[index].replaceChildren(this.phones[index]?.node ?? this.emptyPhone(index));
  }

  emptyPhone(index) {
    const choose = async () => {
      const id = await choosePerson(null, ROLES[index]);
      if (id) this.give(index, id);
    };
    return el("section", { class: "phone vacant" },
      el("strong", { class: `role-chip role-${ROLES[index]}`, text: t(`role_${ROLES[index]}`) }),
      el("p", { text: t("empty_slot") }),
      el("button", { type: "button", class: "button main", on: { click: choose } }, icon("addPerson"), t("choose_person")));
  }

  /** Let this person hold that phone; if they hold another one, the two change places. */
  give(index, personId) {
    const other = this.slots.indexOf(personId);
    if (other === index) return;
    const before = this.slots[index];
    if (other >= 0) this.put(other, before);
    this.put(index, personId);
    this.phones[index].composer.input.focus({ preventScroll: true });
  }

  async switchPerson(phone) {
    const id = await choosePerson(phone.personId, phone.person.role);
    if (id) this.give(this.phones.indexOf(phone), id);
  }

  /** Somebody follows a link that was shown on `phone`; if they hold no phone, they get the one of their role. */
  async followElsewhere(phone, personId, link) {
    let index = this.slots.indexOf(personId);
    if (index < 0) {
      index = this.placeFor(personId, this.phones.indexOf(phone));
      this.give(index, personId);
    }
    this.activate(index);
    await this.phones[index].actions.follow(link);
  }

  placeFor(personId, taken) {
    const wanted = ROLES.indexOf(store.persons.get(personId)?.role);
    return wanted >= 0 && wanted !== taken ? wanted : ROLES.findIndex((_, index) => index !== taken);
  }

  activate(index) {
    this.active = index;
    [...this.node.children].forEach((slot, position) => slot.classList.toggle("active", position === index));
    if (this.slots[index]) this.phones[index].view.toBottom();
    this.node.children[index].scrollIntoView({ block: "nearest", inline: "nearest" });
    this.drawTabs();
  }

  drawTabs() {
    this.tabs.draw(this.slots.map((id, index) => {
      const person = store.persons.get(id);
      return person ? { words: personName(person), role: person.role, note: roleWords(person) } : { words: "—", role: ROLES[index], note: t(`role_${ROLES[index]}`) };
    }), this.active);
  }
}
