/** A ready-made voice message: four vowel-like tones, so that there is something to hear without a microphone. */

import { voiceFile } from "./voice_file.js";

const RATE = 48000;
/** Pitch in Hz and two formants for each syllable. */
const SYLLABLES = [[180, 300, 2300], [220, 700, 1200], [200, 500, 900], [165, 350, 800], [195, 700, 1200]];
const SYLLABLE_SECONDS = 0.42;

export async function sampleVoice() {
  const samples = new Float32Array(Math.round(RATE * SYLLABLE_SECONDS * SYLLABLES.length));
  SYLLABLES.forEach((syllable, index) => speak(samples, index, syllable));
  return { blob: await voiceFile(samples, RATE), seconds: samples.length / RATE };
}

function speak(samples, index, [pitch, first, second]) {
  const length = Math.round(RATE * SYLLABLE_SECONDS);
  const start = index * length;
  for (let i = 0; i < length; i += 1) {
    const time = i / RATE;
    const envelope = Math.sin(Math.PI * Math.min(1, i / length)) ** 0.7;
    const glide = pitch * (1 - 0.12 * (i / length));
    samples[start + i] = 0.22 * envelope * vowel(glide, first, second, time);
  }
}

/** A few harmonics, louder near the two formants. */
function vowel(pitch, first, second, time) {
  let sum = 0;
  for (let harmonic = 1; harmonic <= 14; harmonic += 1) {
    const hertz = pitch * harmonic;
    const loud = Math.exp(-(((hertz - first) / 180) ** 2)) + 0.5 * Math.exp(-(((hertz - second) / 260) ** 2)) + 0.12 / harmonic;
    sum += loud * Math.sin(2 * Math.PI * hertz * time);
  }
  return sum;
}
