/** A voice message: play button, bars that fill while it plays, length. */

import { el, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { duration } from "./time.js";

const BARS = 28;
let playing = null;

/** Only one voice plays at a time on the whole page. */
export function voiceNode(url, seconds) {
  const audio = el("audio", { src: url, preload: "none" });
  const bars = el("span", { class: "bars", "aria-hidden": "true" }, heights(url).map((height) => bar(height)));
  const time = el("span", { class: "voice-time", text: duration(seconds) });
  const button = iconButton(icon("play"), t("play"), () => toggle(audio), { class: "voice-button" });
  const draw = () => {
    const length = Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : seconds;
    const done = audio.ended || !audio.currentTime ? 0 : audio.currentTime / length;
    [...bars.children].forEach((node, index) => node.classList.toggle("played", index < done * BARS));
    time.textContent = duration(audio.paused || !audio.currentTime ? length || seconds : audio.currentTime);
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(audio.paused ? "play" : "pause"));
  };
  for (const type of ["play", "pause", "timeupdate", "ended"]) audio.addEventListener(type, draw);
  return el("div", { class: "voice" }, button, bars, time, audio);
}

function toggle(audio) {
  if (!audio.paused) {
    audio.pause();
    return;
  }
  if (playing && playing !== audio) playing.pause();
  playing = audio;
  audio.play().catch(() => audio.dispatchEvent(new Event("pause")));
}

function bar(height) {
  const node = el("span", { class: "voice-bar" });
  node.style.height = `${height}%`;
  return node;
}

/** Bar heights made from the address: the same file always looks the same, without decoding it. */
function heights(url) {
  let seed = [...url].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return Array.from({ length: BARS }, () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return 22 + (seed >>> 8) % 78;
  });
}
