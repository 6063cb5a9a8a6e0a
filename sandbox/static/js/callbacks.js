/** Answers to pressed buttons: from the event stream, or asked for when the stream missed them. */

import { api } from "./api.js";
import { events } from "./events.js";

const ASK_EVERY_MS = 1500;
const GIVE_UP_MS = 30000;

/** Answers seen lately: an answer may arrive before the press itself returned. */
const seen = new Map();

events.addEventListener("callback", ({ detail }) => {
  seen.set(String(detail.callback_query_id), detail);
  if (seen.size > 200) seen.delete(seen.keys().next().value);
});

/** The answer `{text, show_alert}`, or null when the bot gave none in half a minute. */
export function answerTo(queryId) {
  const key = String(queryId);
  return new Promise((resolve) => {
    const started = Date.now();
    const finish = (answer) => {
      events.removeEventListener("callback", look);
      clearInterval(timer);
      resolve(answer);
    };
    const look = () => seen.has(key) && finish(seen.get(key));
    const ask = async () => {
      const answer = await api.callback(key).catch(() => null);
      if (answer?.answered) finish(answer);
      else if (Date.now() - started > GIVE_UP_MS) finish(null);
    };
    const timer = setInterval(ask, ASK_EVERY_MS);
    events.addEventListener("callback", look);
    look();
  });
}
