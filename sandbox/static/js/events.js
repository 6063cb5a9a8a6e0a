/** Live updates by server-sent events; opens the stream again on its own, with a pause that grows to five seconds. */

const NAMES = ["chat", "callback", "clock", "persons", "cards"];
const LONGEST_PAUSE_MS = 5000;

/** `chat`, `callback`, `clock`, `persons`, `cards` with `detail`; and `connection` with `detail.online`, `detail.again`. */
export const events = new EventTarget();

let pause = 500;
let openedBefore = false;
let source = null;

const tell = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));

export function connect() {
  source = new EventSource("/sandbox/events");
  source.addEventListener("open", () => {
    pause = 500;
    tell("connection", { online: true, again: openedBefore });
    openedBefore = true;
  });
  source.addEventListener("error", reconnectLater);
  for (const name of NAMES) source.addEventListener(name, (event) => tell(name, JSON.parse(event.data || "{}")));
}

/** The browser gives up for good on an HTTP error, so that the stream is always closed and opened anew here. */
function reconnectLater() {
  source.close();
  tell("connection", { online: false });
  setTimeout(connect, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}
