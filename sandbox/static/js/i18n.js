/** The language of the page itself (not of the bot), remembered in the browser. */

import { en } from "./words_en.js";
import { zh } from "./words_zh.js";

const KEY = "sandbox.language";
const WORDS = { zh, en };

let current = remembered();

function remembered() {
  try {
    const value = localStorage.getItem(KEY);
    return value in WORDS ? value : "zh";
  } catch {
    return "zh";
  }
}

export const language = () => current;

export function setLanguage(code) {
  current = code;
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The words for a key, with `{name}` filled in from `params`. */
export function t(key, params = {}) {
  const words = WORDS[current][key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}
