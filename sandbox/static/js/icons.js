/** Line icons, 24 × 24, drawn with the current text colour. */

const PATHS = {
  send: ["M4 12 20 4.500 15.500 20l-4-6.500L4 12Z", "m11.500 13.500 4-5"],
  attach: ["M19 11.500 12 18.500a4.600 4.600 0 0 1-6.500-6.500l7.500-7.500a3 3 0 0 1 4.300 4.300L10 16a1.400 1.400 0 0 1-2-2l6.500-6.500"],
  keyboard: ["M4 7h16v11H4z", "M7.500 10.500h.01M11 10.500h.01M14.500 10.500h.01M7.500 14.500h9M17.500 10.500h.01"],
  more: ["M12 5.500h.01M12 12h.01M12 18.500h.01"],
  chevron: ["m6.500 9.500 5.500 5.500 5.500-5.500"],
  down: ["M12 5v14m-6-6 6 6 6-6"],
  scan: ["M4 8V4.500h4M16 4.500h4V8M20 16v3.500h-4M8 19.500H4V16", "M4 12h16"],
  link: ["M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500", "M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500"],
  envelope: ["M4 6.500h16v12H4z", "m4.500 7.500 7.500 6 7.500-6"],
  block: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z", "m6.500 6.500 11 11"],
  play: ["M8 5.500v13l10-6.500L8 5.500Z"],
  pause: ["M8.500 6v12M15.500 6v12"],
  photo: ["M4 6h16v13H4z", "m5 17 4.500-5 3.500 3.500 2.500-2.500L19.500 17", "M15.500 9.500h.01"],
  camera: ["M4 8h4l1.500-2.500h5L16 8h4v11H4z", "M12 10.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"],
  mic: ["M12 4a2.500 2.500 0 0 0-2.500 2.500v5a2.500 2.500 0 0 0 5 0v-5A2.500 2.500 0 0 0 12 4Z", "M6 11.500a6 6 0 0 0 12 0M12 17.500V20.500"],
  wave: ["M4 10.500v3M8 7.500v9M12 4.500v15M16 8v8M20 10.500v3"],
  file: ["M6.500 4h7.500l4 4v12H6.500z", "M13.500 4.500V8.500H18"],
  pin: ["M12 20.500c4-4.500 6-7.500 6-10.500a6 6 0 0 0-12 0c0 3 2 6 6 10.500Z", "M12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z"],
  person: ["M12 5a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7Z", "M5 19.500c.8-3.500 3.500-5 7-5s6.200 1.500 7 5"],
  addPerson: ["M10 5a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7Z", "M3.500 19.500c.8-3.500 3.200-5 6.500-5s5.700 1.500 6.500 5", "M18.500 8v6M15.500 11h6"],
  reply: ["m9 7-5 5 5 5", "M4.500 12H14a5.500 5.500 0 0 1 5.500 5.500V18"],
  edit: ["m5 19 .8-3.800L15.500 5.500l3 3L8.800 18.200 5 19Z"],
  close: ["m6 6 12 12M18 6 6 18"],
  search: ["M10.500 5a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11Z", "m15 15 4.500 4.500"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z", "M12 7.500V12l3 2"],
  external: ["M9 6H5.500v12.500H18V15", "M13 5h6v6M19 5l-8 8"],
  stop: ["M7 7h10v10H7z"],
};

/** The icon of that name as an SVG node, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name] ?? []) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
