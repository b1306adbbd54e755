// Working on a WebAssembly program that comes from a package, before it is put into the bundle.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";

const MEMORY_SECTION = 5;

/** Read an unsigned LEB128 number; returns [value, next offset]. */
export function readUnsigned(bytes, offset) {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[offset++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, offset];
  }
  throw new Error("a number in the WebAssembly file is longer than 32 bits");
}

/** Write an unsigned number as LEB128. */
export function writeUnsigned(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return Buffer.from(bytes);
}

/** Return items as WebAssembly writes a list: their number, then one after the other. */
export function vector(items) {
  return Buffer.concat([writeUnsigned(items.length), ...items]);
}

/** Return a section with its number and length before it. */
export function withHeader(id, body) {
  return Buffer.concat([Buffer.from([id]), writeUnsigned(body.length), body]);
}

/** Return the sections of a program in their order. @returns {{id: number, body: Buffer}[]} */
export function sectionsOf(wasm) {
  if (wasm.readUInt32LE(0) !== 0x6d736100 || wasm.readUInt32LE(4) !== 1) throw new Error("this is not a WebAssembly 1 file");
  const sections = [];
  for (let offset = 8; offset < wasm.length; ) {
    const [size, start] = readUnsigned(wasm, offset + 1);
    sections.push({ id: wasm[offset], body: wasm.subarray(start, start + size) });
    offset = start + size;
  }
  return sections;
}

/** Return the program with the maximum of its one memory set to `pages`. */
export function limitMemory(wasm, pages) {
  const sections = sectionsOf(wasm);
  const memory = sections.find(({ id }) => id === MEMORY_SECTION);
  if (!memory) throw new Error("the WebAssembly file declares no memory of its own");
  const [count, flagsAt] = readUnsigned(memory.body, 0);
  const flags = memory.body[flagsAt];
  const [minimum, afterMinimum] = readUnsigned(memory.body, flagsAt + 1);
  const end = flags & 1 ? readUnsigned(memory.body, afterMinimum)[1] : afterMinimum;
  if (count !== 1 || flags > 1 || end !== memory.body.length) throw new Error("expected one plain memory in the WebAssembly file");
  if (minimum > pages) throw new Error(`the program starts with ${minimum} pages, more than the limit of ${pages}`);
  memory.body = vector([Buffer.concat([Buffer.from([1]), writeUnsigned(minimum), writeUnsigned(pages)])]);
  return Buffer.concat([wasm.subarray(0, 8), ...sections.map(({ id, body }) => withHeader(id, body))]);
}

/** Replace `what`, which must stand exactly once in `text`. */
export function replaceOnce(text, what, by) {
  const at = text.indexOf(what);
  if (at < 0 || text.indexOf(what, at + what.length) >= 0) throw new Error(`expected exactly one ${JSON.stringify(what)}`);
  return text.slice(0, at) + by + text.slice(at + what.length);
}

/**
 * Read a file of a package, which must be the very one that was looked at.
 * @param {string} path
 * @param {string} expected its SHA-256
 */
export function readPinned(path, expected) {
  const bytes = readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== expected) throw new Error(`${path} is another file than was expected: its SHA-256 is ${sha256}, not ${expected}`);
  return bytes;
}

/** Write a file so that nobody ever sees half of it. */
export function writeWhole(path, content) {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
