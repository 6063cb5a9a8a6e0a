/** Sound as a file: Ogg with Opus, as Telegram's voice messages are, or WAV where the browser can't encode Opus. */

import { OggWriter } from "./ogg.js";

const FRAME_SECONDS = 0.02;

/** @param {Float32Array} samples one channel, 48,000 a second for Opus */
export async function voiceFile(samples, rate) {
  try {
    return await opus(samples, rate);
  } catch {
    return wav(samples, rate);
  }
}

async function opus(samples, rate) {
  const config = { codec: "opus", sampleRate: rate, numberOfChannels: 1, bitrate: 32000 };
  if (!(await AudioEncoder.isConfigSupported(config)).supported) throw new Error("opus");
  const writer = new OggWriter(rate);
  let failure = null;
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      writer.add(bytes, Math.round((chunk.duration ?? FRAME_SECONDS * 1e6) * 48 / 1000));
    },
    error: (error) => {
      failure = error;
    },
  });
  encoder.configure(config);
  const data = new AudioData({ format: "f32", sampleRate: rate, numberOfFrames: samples.length, numberOfChannels: 1, timestamp: 0, data: samples });
  encoder.encode(data);
  data.close();
  await encoder.flush();
  encoder.close();
  if (failure) throw failure;
  return new Blob([writer.finish()], { type: "audio/ogg" });
}

function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const write = (offset, letters) => [...letters].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, "WAVEfmt ");
  for (const [offset, value] of [[16, 16], [24, rate], [28, rate * 2]]) view.setUint32(offset, value, true);
  for (const [offset, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(offset, value, true);
  write(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => view.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}
