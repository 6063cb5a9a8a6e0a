/** Files dragged onto a phone are sent by its person. */

import { sendFiles } from "./outgoing_files.js";

export function dropFiles(node, phone) {
  const over = (event, on) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    node.classList.toggle("drop", on);
  };
  node.addEventListener("dragover", (event) => over(event, true));
  node.addEventListener("dragleave", (event) => over(event, false));
  node.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer?.files.length) sendFiles(phone, [...event.dataTransfer.files]);
  });
}
