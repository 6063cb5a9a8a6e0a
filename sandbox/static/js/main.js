/** Start: read the state, build the bar and the phones, listen for changes. */

import { connect, events } from "./events.js";
import { t } from "./i18n.js";
import { Stage } from "./stage.js";
import { changes, loadState, store } from "./store.js";
import { Topbar } from "./topbar.js";

const byId = (id) => document.getElementById(id);

let stage = null;
const topbar = new Topbar(byId("topbar"), () => stage?.rebuild());

/** The phones need the persons; when the first reading fails, the event stream triggers the next one. */
changes.addEventListener("state", () => {
  stage ??= new Stage(byId("stage"), byId("tabs"));
}, { once: true });

events.addEventListener("connection", ({ detail }) => {
  if (detail.online && (detail.again || !store.loaded)) loadState().catch(() => {});
});

byId("stage").replaceChildren(Object.assign(document.createElement("p"), { className: "loading", textContent: t("loading") }));
loadState().catch(() => topbar.setOnline(false)).finally(connect);
