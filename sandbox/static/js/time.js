/** Times as the site's wall clock shows them: the offset comes from the sandbox clock, never from the browser. */

import { language, t } from "./i18n.js";
import { store } from "./store.js";

const pad = (number) => String(number).padStart(2, "0");

/** Minutes east of UTC in an ISO time; without one, the browser's own. */
function offsetMinutes(iso) {
  const found = /([+-])(\d\d):?(\d\d)$/.exec(iso);
  if (found) return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
  return iso.endsWith("Z") ? 0 : -new Date().getTimezoneOffset();
}

/** A Date whose UTC fields read as the site's wall clock. */
const wall = (milliseconds) => new Date(milliseconds + offsetMinutes(store.clock) * 60000);

function weekday(date) {
  const names = language() === "zh" ? [...t("weekdays")] : t("weekdays").split(",");
  return names[date.getUTCDay()];
}

function dateWords(key, date) {
  const number = language() === "zh" ? String : pad;
  return t(key, {
    year: date.getUTCFullYear(), month: number(date.getUTCMonth() + 1), day: number(date.getUTCDate()), weekday: weekday(date),
  });
}

/** `HH:MM` of a Bot API date (seconds since 1970). */
export function hourMinute(seconds) {
  const date = wall(seconds * 1000);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
}

/** The day of a Bot API date in words, the same for all times of one local day. */
export const dayWords = (seconds) => dateWords("day", wall(seconds * 1000));

/** The sandbox clock as `{date, day, time}` in words; `day` is the date without its year. */
export function clockWords() {
  if (!store.clock) return { date: "", day: "", time: "" };
  const date = wall(Date.parse(store.clock));
  return { date: dateWords("date", date), day: dateWords("day", date), time: `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}` };
}

/** `m:ss` for a length in seconds. */
export const duration = (seconds) => `${Math.floor(seconds / 60)}:${pad(Math.floor(seconds % 60))}`;
