/** The Ogg container around Opus packets (RFC 3533, RFC 7845): one page for each half second. */

const SERIAL = 0x4c58;
const PACKETS_PER_PAGE = 25;
const PRE_SKIP = 312;

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

export class OggWriter {
  constructor(rate) {
    this.pages = [];
    this.waiting = [];
    this.position = 0n;
    this.page([head(rate)], 0n, 2);
    this.page([tags()], 0n, 0);
  }

  /** One Opus packet; `length` counts samples at 48 kHz. */
  add(packet, length) {
    if (this.waiting.length >= PACKETS_PER_PAGE) this.flush(0);
    this.waiting.push(packet);
    this.position += BigInt(length);
  }

  finish() {
    this.flush(4);
    return new Blob(this.pages);
  }

  flush(flags) {
    this.page(this.waiting, this.position, flags);
    this.waiting = [];
  }

  page(packets, position, flags) {
    const lacing = packets.flatMap((packet) => [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
    const size = packets.reduce((sum, packet) => sum + packet.length, 0);
    const bytes = new Uint8Array(27 + lacing.length + size);
    const view = new DataView(bytes.buffer);
    bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
    view.setBigUint64(6, position, true);
    view.setUint32(14, SERIAL, true);
    view.setUint32(18, this.pages.length, true);
    bytes[26] = lacing.length;
    bytes.set(lacing, 27);
    let offset = 27 + lacing.length;
    for (const packet of packets) {
      bytes.set(packet, offset);
      offset += packet.length;
    }
    view.setUint32(22, checksum(bytes), true);
    this.pages.push(bytes);
  }
}

function checksum(bytes) {
  return bytes.reduce((sum, byte) => ((sum << 8) ^ CRC[((sum >>> 24) ^ byte) & 255]) >>> 0, 0);
}

function head(rate) {
  const bytes = new Uint8Array(19);
  bytes.set(new TextEncoder().encode("OpusHead"));
  const view = new DataView(bytes.buffer);
  bytes[8] = 1;
  bytes[9] = 1;
  view.setUint16(10, PRE_SKIP, true);
  view.setUint32(12, rate, true);
  return bytes;
}

/** No comments, and a vendor name of seven letters. */
function tags() {
  const bytes = new Uint8Array(23);
  bytes.set(new TextEncoder().encode("OpusTags"));
  bytes[8] = 7;
  bytes.set(new TextEncoder().encode("sandbox"), 12);
  return bytes;
}
