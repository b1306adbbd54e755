// Calls that may throw, without JavaScript between them.
//
// Emscripten's default for C++ exceptions sends each call inside a `try` through a JavaScript function `invoke_…`:
// program → JavaScript → program. OpenSCAD's interpreter makes millions of such calls; they took half of its CPU time.
// Here these functions are written in WebAssembly with its own exception handling, in a small module of their own.
// The program then takes its table of functions and its stack pointer from that module instead of owning them.

import { readUnsigned, sectionsOf, vector, withHeader, writeUnsigned } from "./wasm.mjs";

const SECTION = { type: 1, import: 2, function: 3, table: 4, global: 6, export: 7, elements: 9, code: 10 };
const I32 = 0x7f;
const ZERO = { 0x7f: [0x41, 0], 0x7e: [0x42, 0], 0x7d: [0x43, 0, 0, 0, 0], 0x7c: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };
const NO_RESULT = 0x40;

const text = (string) => vector([...Buffer.from(string)].map((byte) => Buffer.from([byte])));
const section = (id, items) => withHeader(id, vector(items));

/** Read a string; returns [string, next offset]. */
function readText(bytes, offset) {
  const [length, start] = readUnsigned(bytes, offset);
  return [bytes.toString("utf8", start, start + length), start + length];
}

/** Return the signatures of a program: for each type, the value types of its parameters and of its results. */
function readTypes(body) {
  let [count, offset] = readUnsigned(body, 0);
  const types = [];
  for (; count > 0; count--) {
    if (body[offset++] !== 0x60) throw new Error("expected a function type");
    const lists = [0, 1].map(() => {
      const [length, start] = readUnsigned(body, offset);
      offset = start + length;
      return [...body.subarray(start, offset)];
    });
    types.push({ parameters: lists[0], results: lists[1] });
  }
  return types;
}

/** Return the imported functions of a program: name → number of its type. */
function readImports(body) {
  let [count, offset] = readUnsigned(body, 0);
  const found = new Map();
  for (; count > 0; count--) {
    let name, type;
    [, offset] = readText(body, offset);
    [name, offset] = readText(body, offset);
    if (body[offset++] !== 0) throw new Error("expected a program that imports nothing but functions");
    [type, offset] = readUnsigned(body, offset);
    found.set(name, type);
  }
  return found;
}

/** The body of an `invoke_…`: call the function; when C++ threw, put the stack back, tell the program and return 0. */
function invokeCode({ parameters, results }, calledType) {
  const stack = parameters.length; // the one local variable after the parameters
  const values = parameters.slice(1).flatMap((_, index) => [0x20, ...writeUnsigned(index + 1)]);
  const code = Buffer.from([
    1, 1, I32, // one local: the stack pointer before the call
    0x23, 0, 0x21, ...writeUnsigned(stack),
    0x06, results[0] ?? NO_RESULT, // try
    ...values, 0x20, 0, 0x11, ...writeUnsigned(calledType), 0, // call_indirect
    0x19, // catch_all
    0x23, 1, 0x45, 0x04, NO_RESULT, 0x09, 1, 0x0b, // not thrown by C++, an exit for instance: rethrow
    0x41, 0, 0x24, 1,
    0x20, ...writeUnsigned(stack), 0x24, 0,
    0x10, 0, // tell the program
    ...(results.length ? ZERO[results[0]] : []),
    0x0b, 0x0b,
  ]);
  return Buffer.concat([writeUnsigned(code.length), code]);
}

/** The body of a function that hands its parameters on to the second import. */
function forwardCode(parameters) {
  const code = Buffer.from([0, ...parameters.flatMap((_, index) => [0x20, ...writeUnsigned(index)]), 0x10, 1, 0x0b]);
  return Buffer.concat([writeUnsigned(code.length), code]);
}

/** Return where in its table a program has one of its functions, which must stand there exactly once. */
export function tableSlot(wasm, functionIndex) {
  const { body } = sectionsOf(wasm).find(({ id }) => id === SECTION.elements);
  const [segments, flagsAt] = readUnsigned(body, 0);
  const [first, endAt] = readUnsigned(body, flagsAt + 2);
  if (segments !== 1 || body[flagsAt] !== 0 || body[flagsAt + 1] !== 0x41 || body[endAt] !== 0x0b) throw new Error("expected one plain list of functions");
  let [count, offset] = readUnsigned(body, endAt + 1);
  const slots = [];
  for (let slot = first; count > 0; count--, slot++) {
    let index;
    [index, offset] = readUnsigned(body, offset);
    if (index === functionIndex) slots.push(slot);
  }
  if (slots.length !== 1) throw new Error(`function ${functionIndex} stands ${slots.length} times in the table`);
  return slots[0];
}

/**
 * Split the invoke functions off a program.
 * @param {Buffer} wasm the program as Emscripten wrote it
 * @param {string[]} names under which it imports its `invoke_…` functions
 * @returns {{program: Buffer, invokes: Buffer}} the program, which now imports `table` and `stack` too, and the module
 *          that exports both, the named functions, and `thrown`: to be set to 1 just before C++ throws. The module
 *          imports `a.caught`, which has to tell the program that something was thrown, and `a.parse`, which it exports
 *          as a function of WebAssembly, to be put into the table in place of OpenSCAD's own.
 */
export function splitInvokes(wasm, names) {
  const sections = sectionsOf(wasm);
  const bodyOf = (id) => sections.find((each) => each.id === id).body;
  const types = readTypes(bodyOf(SECTION.type));
  const imports = readImports(bodyOf(SECTION.import));
  const [tables, tableAt] = readUnsigned(bodyOf(SECTION.table), 0);
  const [globals, stackAt] = readUnsigned(bodyOf(SECTION.global), 0);
  const afterStack = readUnsigned(bodyOf(SECTION.global), stackAt + 3)[1] + 1;
  const table = bodyOf(SECTION.table).subarray(tableAt);
  const stack = bodyOf(SECTION.global).subarray(stackAt, afterStack);
  if (tables !== 1 || stack[0] !== I32 || stack[1] !== 1 || stack[2] !== 0x41 || stack.at(-1) !== 0x0b) {
    throw new Error("expected one table, and the stack pointer as the first variable of the program");
  }

  const kinds = { table: Buffer.concat([Buffer.from([1]), table]), stack: Buffer.from([3, I32, 1]) };
  const added = Object.entries(kinds).map(([name, kind]) => Buffer.concat([text("a"), text(name), kind]));
  const [importCount, importsAt] = readUnsigned(bodyOf(SECTION.import), 0);
  const program = sections.filter((each) => each.id !== SECTION.table).map(({ id, body }) => {
    if (id === SECTION.import) {
      return withHeader(id, Buffer.concat([writeUnsigned(importCount + added.length), body.subarray(importsAt), ...added]));
    }
    return withHeader(id, id === SECTION.global ? Buffer.concat([writeUnsigned(globals - 1), body.subarray(afterStack)]) : body);
  });

  const invoked = names.map((name) => types[imports.get(name)]);
  const parse = { parameters: [I32, I32, I32, I32, I32], results: [I32] };
  const own = [{ parameters: [], results: [] }, parse, ...invoked.flatMap((type) => [type, { ...type, parameters: type.parameters.slice(1) }])];
  const functions = [...names.map((name, index) => [name, 0, index + 2]), ["parse", 0, names.length + 2]];
  const exported = [["table", 1, 0], ["stack", 3, 0], ["thrown", 3, 1], ...functions];
  const imported = (name, type) => Buffer.concat([text("a"), text(name), Buffer.from([0, type])]);
  const list = (valueTypes) => vector(valueTypes.map((each) => Buffer.from([each])));
  const invokes = [
    section(SECTION.type, own.map(({ parameters, results }) => Buffer.concat([Buffer.from([0x60]), list(parameters), list(results)]))),
    section(SECTION.import, [imported("caught", 0), imported("parse", 1)]),
    section(SECTION.function, [...names.map((_, index) => writeUnsigned(2 * index + 2)), writeUnsigned(1)]),
    section(SECTION.table, [table]),
    section(SECTION.global, [stack, Buffer.from([I32, 1, 0x41, 0, 0x0b])]),
    section(SECTION.export, exported.map(([name, kind, index]) => Buffer.concat([text(name), Buffer.from([kind]), writeUnsigned(index)]))),
    section(SECTION.code, [...invoked.map((type, index) => invokeCode(type, 2 * index + 3)), forwardCode(parse.parameters)]),
  ];
  const header = wasm.subarray(0, 8);
  return { program: Buffer.concat([header, ...program]), invokes: Buffer.concat([header, ...invokes]) };
}
