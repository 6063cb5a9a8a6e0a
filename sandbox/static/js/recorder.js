/** Recording a voice message with the microphone. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { sendVoice } from "./outgoing_files.js";
import { duration } from "./time.js";
import { voiceFile } from "./voice_file.js";

const RATE = 48000;

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/** Ask for the microphone and show a bar in place of the text field until it is sent or dropped. */
export async function startRecording(phone) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    phone.toast(t("no_microphone"));
    return;
  }
  const recorder = new MediaRecorder(stream);
  const parts = [];
  let wanted = false;
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    stream.getTracks().forEach((track) => track.stop());
    bar.remove();
    clearInterval(timer);
    if (wanted) send(phone, new Blob(parts, { type: recorder.mimeType }));
  });
  const stop = (keep) => {
    wanted = keep;
    recorder.stop();
  };
  const words = el("span", { role: "timer" });
  const started = Date.now();
  const draw = () => {
    words.textContent = t("recording", { time: duration((Date.now() - started) / 1000) });
  };
  const timer = setInterval(draw, 250);
  const bar = el("div", { class: "recording-bar" }, el("span", { class: "recording-dot" }), words,
    el("button", { type: "button", class: "button quiet", text: t("cancel"), on: { click: () => stop(false) } }),
    el("button", { type: "button", class: "button main", on: { click: () => stop(true) } }, icon("stop"), t("stop_and_send")));
  draw();
  phone.composer.node.append(bar);
  recorder.start();
}

async function send(phone, recorded) {
  try {
    const sound = await new OfflineAudioContext(1, RATE, RATE).decodeAudioData(await recorded.arrayBuffer());
    await sendVoice(phone, await voiceFile(sound.getChannelData(0), RATE), sound.duration);
  } catch (error) {
    phone.toast(t("failed", { reason: error.message }));
  }
}
