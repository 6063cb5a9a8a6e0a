/** The paperclip: photo, voice, file, place, contact. */

import { t } from "./i18n.js";
import { chooseFiles, sendFiles, sendPhoto, sendVoice } from "./outgoing_files.js";
import { popupMenu } from "./popup_menu.js";
import { canRecord, startRecording } from "./recorder.js";
import { samplePhoto } from "./sample_photo.js";
import { sampleVoice } from "./sample_voice.js";

export function attachMenu(button, holder, phone) {
  popupMenu(button, holder, [
    { icon: "camera", words: t("sample_photo"), testid: "attach-sample-photo", act: () => guarded(phone, () => sendSamplePhoto(phone)) },
    { icon: "photo", words: t("choose_photo"), testid: "attach-photo", act: () => choosePhotos(phone) },
    { icon: "wave", words: t("sample_voice"), testid: "attach-sample-voice", act: () => guarded(phone, () => sendSampleVoice(phone)) },
    ...(canRecord() ? [{ icon: "mic", words: t("record_voice"), testid: "attach-record", act: () => startRecording(phone) }] : []),
    { icon: "file", words: t("choose_document"), testid: "attach-document", act: () => chooseDocuments(phone) },
    { icon: "pin", words: t("location"), testid: "attach-location", act: () => phone.actions.shareLocation() },
    { icon: "person", words: t("own_contact"), testid: "attach-contact", act: () => phone.actions.shareContact() },
  ]);
}

async function guarded(phone, act) {
  try {
    await act();
  } catch (error) {
    phone.toast(t("failed", { reason: error.message }));
  }
}

async function sendSamplePhoto(phone) {
  const caption = phone.composer.takeText();
  await sendPhoto(phone, await samplePhoto(), caption ? { caption } : {});
}

async function sendSampleVoice(phone) {
  const { blob, seconds } = await sampleVoice();
  await sendVoice(phone, blob, seconds);
}

async function choosePhotos(phone) {
  await sendFiles(phone, await chooseFiles({ accept: "image/*", multiple: true }));
}

async function chooseDocuments(phone) {
  await sendFiles(phone, await chooseFiles({ multiple: true }), true);
}
