/** Who holds which of the four phones: one place for each role, remembered in the browser. */

import { ROLES } from "./person_row.js";
import { store } from "./store.js";

const KEY = "sandbox.slots";

/** Four person ids (or null), in the order of `ROLES`; filled from memory, then with the first free person of the role. */
export function firstSlots() {
  const slots = remembered().map((id) => (store.persons.has(id) ? id : null));
  return fillSlots(slots);
}

/** Give every empty place to the first person of its role who holds no phone yet. */
export function fillSlots(slots) {
  const filled = [...slots];
  ROLES.forEach((role, index) => {
    if (filled[index]) return;
    const free = [...store.persons.values()].find((person) => person.role === role && !filled.includes(String(person.id)));
    filled[index] = free ? String(free.id) : null;
  });
  return filled;
}

function remembered() {
  try {
    const ids = JSON.parse(localStorage.getItem(KEY));
    return ROLES.map((_, index) => (ids?.[index] ? String(ids[index]) : null));
  } catch {
    return ROLES.map(() => null);
  }
}

export function rememberSlots(slots) {
  try {
    localStorage.setItem(KEY, JSON.stringify(slots));
  } catch {
    // Without storage the phones start with the first persons again.
  }
}
