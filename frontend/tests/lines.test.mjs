import assert from "node:assert/strict";
import { test } from "node:test";

import { readLines } from "../src/layers/lines.js";

/** @param {object} header @param {number[]} steps @param {number[]} kind */
function packed(header, steps, kind) {
  let text = JSON.stringify(header);
  while (text.length % 4) text += " ";
  const body = new Uint8Array(8 + text.length + 2 * steps.length + kind.length);
  body.set(new TextEncoder().encode("GLL1"), 0);
  new DataView(body.buffer).setUint32(4, text.length, true);
  body.set(new TextEncoder().encode(text), 8);
  body.set(new Uint8Array(new Uint16Array(steps).buffer), 8 + text.length);
  body.set(kind, 8 + text.length + 2 * steps.length);
  return body.buffer;
}

test("lines get their corners in mm and the height of their layer", () => {
  const header = { kinds: ["a", "b"], box_mm: [0, 0, 10, 20], z_mm: [0.2, 0.4], starts: [0, 1, 2] };
  const { positions, kind } = readLines(packed(header, [0, 0, 65535, 0, 65535, 0, 65535, 65535], [0, 1]));
  assert.deepEqual([...positions].map((n) => Math.round(n * 100) / 100), [0, 0, 0.2, 10, 0, 0.2, 10, 0, 0.4, 10, 20, 0.4]);
  assert.deepEqual([...kind], [0, 1]);
});

test("what is something else is refused", () => {
  assert.throws(() => readLines(new TextEncoder().encode("<!doctype html>").buffer));
});
