import assert from "node:assert/strict";
import { test } from "node:test";

import { splitInvokes, tableSlot } from "../invoke.mjs";
import { limitMemory, sectionsOf, vector, withHeader } from "../wasm.mjs";

const bytes = (...values) => Buffer.from(values);
const name = (string) => bytes(string.length, ...Buffer.from(string));
const I32 = 0x7f;

/** A program whose `run(x)` makes room on the stack and calls `f(x)` by way of `invoke`; `f` calls the import `work`. */
const PROGRAM = Buffer.concat([
  bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
  withHeader(1, vector([bytes(0x60, 2, I32, I32, 1, I32), bytes(0x60, 1, I32, 1, I32)])),
  withHeader(2, vector([Buffer.concat([name("a"), name("i"), bytes(0, 0)]), Buffer.concat([name("a"), name("work"), bytes(0, 1)])])),
  withHeader(3, vector([bytes(1), bytes(1)])),
  withHeader(4, vector([bytes(0x70, 1, 1, 1)])),
  withHeader(5, vector([bytes(0, 1)])),
  withHeader(6, vector([bytes(I32, 1, 0x41, 40, 0x0b), bytes(I32, 1, 0x41, 7, 0x0b)])),
  withHeader(7, vector([Buffer.concat([name("run"), bytes(0, 3)])])),
  withHeader(9, vector([bytes(0, 0x41, 0, 0x0b, 1, 2)])),
  withHeader(10, vector([
    bytes(10, 0, 0x41, 8, 0x24, 0, 0x20, 0, 0x10, 1, 0x0b), // f: stack = 8; work(x)
    bytes(11, 0, 0x41, 0, 0x20, 0, 0x10, 0, 0x23, 1, 0x6a, 0x0b), // run: invoke(0, x) + the other variable, which is 7
  ])),
]);

async function linked(work) {
  const { program, invokes } = splitInvokes(PROGRAM, ["i"]);
  const told = [];
  const { instance: { exports } } = await WebAssembly.instantiate(invokes, {
    a: { caught: () => told.push(exports.stack.value), parse: (...all) => all.reduce((sum, each) => sum + each) },
  });
  const { instance } = await WebAssembly.instantiate(program, { a: { ...exports, work: (x) => work(x, exports) } });
  return { run: instance.exports.run, parse: exports.parse, stack: exports.stack, thrown: exports.thrown, told };
}

test("a call that returns gives what it returned", async () => {
  const { run, told } = await linked((x) => x * 2);
  assert.equal(run(5), 17);
  assert.deepEqual(told, []);
});

test("what C++ throws ends the call, and the stack is where it was", async () => {
  const { run, stack, thrown, told } = await linked((x, exports) => {
    exports.thrown.value = 1;
    throw x;
  });
  assert.equal(run(5), 7);
  assert.deepEqual(told, [40]);
  assert.equal(stack.value, 40);
  assert.equal(thrown.value, 0);
});

test("what JavaScript throws goes through to JavaScript", async () => {
  const { run, told } = await linked(() => {
    throw new Error("the program ended");
  });
  assert.throws(() => run(5), /the program ended/);
  assert.deepEqual(told, []);
});

test("what stands in for OpenSCAD's parser hands its parameters on", async () => {
  const { parse } = await linked((x) => x);
  assert.equal(parse(1, 2, 3, 4, 5), 15);
});

test("a function is found in the table", () => {
  assert.equal(tableSlot(PROGRAM, 2), 0);
  assert.throws(() => tableSlot(PROGRAM, 3), /0 times/);
});

test("a memory is limited and the rest of the program stays", () => {
  const limited = limitMemory(PROGRAM, 3);
  assert.deepEqual(sectionsOf(limited).find(({ id }) => id === 5).body, bytes(1, 1, 1, 3));
  assert.equal(limited.length, PROGRAM.length + 1);
});
