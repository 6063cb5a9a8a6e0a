/** Sharing the own phone number or a place: Telegram asks first, so does the page. */

import { dialogForm, field, openDialog } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { personName } from "./store.js";

const SAMPLE_PLACE = { latitude: "29.56301", longitude: "106.55156" };

/** Resolves with the content to send, or null. */
export function askContact(person) {
  return openDialog(t("share_contact_title"), (close) => {
    const name = personName(person);
    if (person.phone) {
      const words = el("p", { class: "hint", text: t("share_contact_text", { name, phone: person.phone }) });
      return [dialogForm([words], t("send"), () => close({ share_contact: true }), close)];
    }
    const number = field(t("phone_number"), { name: "phone", inputmode: "tel", data: { focus: "" } });
    const send = () => number.input.value.trim() && close({
      contact: { phone_number: number.input.value.trim(), first_name: person.first_name, user_id: person.id },
    });
    return [dialogForm([el("p", { class: "hint", text: t("share_contact_number") }), number.node], t("send"), send, close)];
  }, "share-contact");
}

/** Resolves with `{latitude, longitude}`, or null. */
export function askLocation() {
  return openDialog(t("location_title"), (close) => {
    const latitude = field(t("latitude"), { name: "latitude", inputmode: "decimal", value: SAMPLE_PLACE.latitude });
    const longitude = field(t("longitude"), { name: "longitude", inputmode: "decimal", value: SAMPLE_PLACE.longitude });
    const send = () => {
      const point = { latitude: Number(latitude.input.value), longitude: Number(longitude.input.value) };
      if (Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180) close(point);
    };
    return [dialogForm([latitude.node, longitude.node], t("send"), send, close)];
  }, "share-location");
}
