/** A ready-made photo: a village house after rain, drawn so that no picture has to be shipped. */

const WIDTH = 1280;
const HEIGHT = 960;

export function samplePhoto() {
  const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  for (const draw of [sky, hills, field, house, crack, puddles, rain]) draw(pen);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("canvas"))), "image/jpeg", 0.86);
  });
}

function shade(pen, top, bottom, from, to) {
  const gradient = pen.createLinearGradient(0, from, 0, to);
  gradient.addColorStop(0, top);
  gradient.addColorStop(1, bottom);
  return gradient;
}

function shape(pen, fill, points) {
  pen.fillStyle = fill;
  pen.beginPath();
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fill();
}

function sky(pen) {
  pen.fillStyle = shade(pen, "#8ea6b4", "#e6e2d3", 0, 560);
  pen.fillRect(0, 0, WIDTH, HEIGHT);
}

function hills(pen) {
  for (const [base, height, colour, step] of [[520, 150, "#7f9a98", 210], [560, 110, "#5f8079", 150], [600, 80, "#4b6b5d", 120]]) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, HEIGHT);
    for (let x = 0; x <= WIDTH; x += 8) pen.lineTo(x, base - height * (0.55 + 0.45 * Math.sin(x / step + height)) * Math.abs(Math.cos(x / (step * 3))));
    pen.lineTo(WIDTH, HEIGHT);
    pen.fill();
  }
}

function field(pen) {
  pen.fillStyle = shade(pen, "#8c9a5e", "#6c6b45", 590, HEIGHT);
  pen.fillRect(0, 590, WIDTH, HEIGHT - 590);
  shape(pen, "#a08b6b", [[560, 960], [880, 960], [720, 700], [650, 700]]);
}

function house(pen) {
  pen.fillStyle = shade(pen, "#e9e0cc", "#cdbfa3", 420, 740);
  pen.fillRect(380, 430, 560, 300);
  shape(pen, "#5a5350", [[330, 440], [450, 300], [870, 300], [990, 440]]);
  pen.strokeStyle = "#48423f";
  pen.lineWidth = 5;
  for (let x = 370; x < 970; x += 34) line(pen, [[x, 438], [450 + (x - 330) * 0.63, 304]]);
  shape(pen, "#2f2b2a", [[700, 345], [790, 340], [815, 400], [735, 415], [690, 385]]);
  pen.fillStyle = "#7a4a33";
  pen.fillRect(610, 550, 110, 180);
  pen.fillStyle = "#b3493a";
  pen.fillRect(592, 545, 16, 150);
  pen.fillRect(722, 545, 16, 150);
  for (const x of [440, 790]) {
    pen.fillStyle = "#45586a";
    pen.fillRect(x, 520, 100, 90);
    pen.fillStyle = "#d8cdb6";
    pen.fillRect(x + 47, 520, 6, 90);
    pen.fillRect(x, 562, 100, 6);
  }
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function crack(pen) {
  pen.strokeStyle = "#4a3d33";
  pen.lineWidth = 6;
  line(pen, [[905, 440], [885, 500], [908, 545], [880, 610], [902, 660], [888, 728]]);
  pen.lineWidth = 3;
  line(pen, [[908, 545], [930, 575]]);
  line(pen, [[880, 610], [858, 640]]);
}

function puddles(pen) {
  pen.fillStyle = "rgba(190, 205, 208, 0.75)";
  for (const [x, y, wide, high] of [[480, 830, 130, 26], [960, 870, 170, 30], [720, 780, 60, 12]]) {
    pen.beginPath();
    pen.ellipse(x, y, wide, high, 0, 0, Math.PI * 2);
    pen.fill();
  }
}

function rain(pen) {
  pen.strokeStyle = "rgba(240, 244, 245, 0.35)";
  pen.lineWidth = 2;
  for (let index = 0; index < 220; index += 1) {
    const x = (index * 397) % WIDTH;
    const y = (index * 719) % HEIGHT;
    line(pen, [[x, y], [x - 9, y + 34]]);
  }
}
