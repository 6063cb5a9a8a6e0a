/** What a message carries besides words: pictures, sound, files, places, people. */

import { fileUrl } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { showPicture } from "./lightbox.js";
import { voiceNode } from "./voice.js";

const KINDS = { photo, voice, audio: voice, video, video_note: video, animation: video, document: file, venue, location, contact, sticker };

/** The node for the message's attachment, or null. */
export function attachmentNode(message) {
  // A venue repeats its location and an animation its document, so that the first kind found is the one to show.
  const kind = Object.keys(KINDS).sort((a, b) => rank(a) - rank(b)).find((name) => message[name]);
  return kind ? KINDS[kind](message[kind], message) : null;
}

const rank = (kind) => (kind === "document" || kind === "location" ? 1 : 0);

/** A message in one line, for quotes. */
export function summary(message) {
  const words = message.text ?? message.caption;
  if (words) return words.replace(/\s+/g, " ").slice(0, 120);
  const kind = ["photo", "voice", "video", "document", "location", "contact", "sticker"].find((name) => message[name]);
  return t(kind ?? "message");
}

function photo(sizes, message) {
  const largest = sizes[sizes.length - 1];
  const shown = sizes.find((size) => size.width >= 640) ?? largest;
  const image = el("img", { src: fileUrl(shown.file_id), alt: message.caption ?? t("photo"), width: shown.width, height: shown.height });
  return el("button", {
    type: "button", class: "photo", "aria-label": t("enlarge"),
    on: { click: () => showPicture(fileUrl(largest.file_id), message.caption ?? t("photo")) },
  }, image);
}

function voice(sound) {
  return voiceNode(fileUrl(sound.file_id), sound.duration ?? 0);
}

function video(film) {
  return el("video", { class: "video", src: fileUrl(film.file_id), controls: true, preload: "metadata" });
}

function file(document) {
  const name = document.file_name ?? t("document");
  return el("a", { class: "file", href: fileUrl(document.file_id), target: "_blank", rel: "noopener", "aria-label": t("open_file", { name }) },
    el("span", { class: "file-icon" }, icon("file")),
    el("span", { class: "file-words" },
      el("span", { class: "file-name", text: name }),
      el("span", { class: "file-size", text: size(document.file_size) })));
}

function size(bytes) {
  if (!bytes) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function venue(place) {
  return placeNode(place.title, place.address ?? "", place.location);
}

function location(point) {
  return placeNode(t("location"), "", point);
}

function placeNode(title, line, point) {
  const degrees = `${point.latitude.toFixed(5)}, ${point.longitude.toFixed(5)}`;
  return el("div", { class: "place" },
    el("div", { class: "place-map" }, icon("pin")),
    el("div", { class: "place-words" }, el("strong", { text: title }), line && el("span", { text: line }), el("span", { text: degrees })));
}

function contact(card) {
  const name = `${card.first_name ?? ""} ${card.last_name ?? ""}`.trim();
  return el("div", { class: "contact" },
    el("span", { class: "avatar", "aria-hidden": "true", text: [...name][0] ?? "?" }),
    el("span", { class: "contact-words" }, el("strong", { text: name }), el("span", { text: card.phone_number })));
}

function sticker(picture) {
  return el("p", { class: "sticker", text: picture.emoji ?? t("sticker") });
}
