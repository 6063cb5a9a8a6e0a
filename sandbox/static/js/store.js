/** What the page knows of the sandbox: persons, the bot, the clock. `changes` fires `state` whenever it was read anew. */

import { api } from "./api.js";
import { events } from "./events.js";

export const changes = new EventTarget();

export const store = {
  persons: new Map(),
  bot: { username: "", first_name: "" },
  clock: "",
  clockMoves: false,
  loaded: false,
};

let running = null;
let again = false;

/** Read the state; calls that come while one is under way share the next one. */
export function loadState() {
  if (running) {
    again = true;
    return running;
  }
  running = readState().finally(() => {
    running = null;
    if (again) {
      again = false;
      loadState().catch(() => {});
    }
  });
  return running;
}

async function readState() {
  const state = await api.state();
  store.persons = new Map(state.persons.map((person) => [String(person.id), person]));
  store.bot = state.bot ?? store.bot;
  store.clock = state.clock ?? "";
  store.clockMoves = Boolean(state.clock_moves);
  store.loaded = true;
  changes.dispatchEvent(new Event("state"));
}

export const personName = (person) => `${person.last_name ?? ""}${spaceBetween(person)}${person.first_name ?? ""}`.trim();

/** Chinese names are written family name first and without a space, others given name first; this joins either. */
function spaceBetween(person) {
  return /[^\u2e80-\u9fff]/.test(`${person.last_name ?? ""}${person.first_name ?? ""}`) ? " " : "";
}

/** Persons whose name, note, phone, user name or id contains the words, in the order the sandbox gave. */
export function findPersons(words) {
  const wanted = words.trim().toLowerCase();
  const all = [...store.persons.values()];
  if (!wanted) return all;
  return all.filter((person) => [personName(person), person.note, person.phone, person.username, person.id]
    .some((field) => String(field ?? "").toLowerCase().includes(wanted)));
}

for (const name of ["persons", "clock"]) events.addEventListener(name, () => loadState().catch(() => {}));
