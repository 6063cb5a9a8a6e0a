/** A picture in large. */

import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

export function showPicture(url, words) {
  const box = el("dialog", { class: "lightbox", "aria-label": t("photo") },
    el("img", { src: url, alt: words }),
    el("div", { class: "lightbox-tools" },
      el("a", { class: "icon-button", href: url, target: "_blank", rel: "noopener", "aria-label": t("open"), title: t("open") }, icon("external")),
      iconButton(icon("close"), t("close"), () => box.close())));
  box.addEventListener("click", (event) => event.target instanceof HTMLImageElement || event.target === box ? box.close() : null);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
