/** Files on their way to the bot: pictures as photos, everything else as documents. */

const PICTURES = ["image/jpeg", "image/png", "image/webp"];

/** The bytes as base64, as the sandbox wants them. */
export async function base64(blob) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(",") + 1);
}

/** Several pictures at once are an album; words already written become the caption of the first file. */
export async function sendFiles(phone, files, asDocument = false) {
  const photos = asDocument ? [] : files.filter((file) => PICTURES.includes(file.type));
  const album = photos.length > 1 ? { media_group_id: String(Date.now()) } : {};
  let caption = phone.composer.takeText();
  for (const file of files) {
    const words = caption ? { caption } : {};
    caption = "";
    if (photos.includes(file)) await sendPhoto(phone, file, { ...words, ...album });
    else await sendDocument(phone, file, words);
  }
}

export async function sendPhoto(phone, blob, more = {}) {
  await phone.actions.sendContent({ photo: await base64(blob), ...more });
}

async function sendDocument(phone, file, more) {
  await phone.actions.sendContent({
    document: await base64(file), file_name: file.name, mime_type: file.type || "application/octet-stream", ...more,
  });
}

/** `length` is the sound's length in seconds; Telegram counts whole ones. */
export async function sendVoice(phone, blob, length) {
  await phone.actions.sendContent({ voice: await base64(blob), mime_type: blob.type, duration: Math.max(1, Math.round(length)) });
}

/** Let the person choose files; resolves with an empty list when nothing was chosen. */
export function chooseFiles(props) {
  return new Promise((resolve) => {
    const input = Object.assign(document.createElement("input"), { type: "file", ...props });
    input.addEventListener("change", () => resolve([...input.files]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}
