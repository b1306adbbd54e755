import assert from "node:assert/strict";
import { test } from "node:test";

import { readGlb } from "../src/engine/glb.js";
import { readOff } from "../src/engine/off.js";
import { shade } from "../src/engine/shading.js";

const CUBE = `OFF 8 6 0
0 0 0\n1 0 0\n1 1 0\n0 1 0\n0 0 1\n1 0 1\n1 1 1\n0 1 1
4 3 2 1 0\n4 4 5 6 7 255 0 0\n4 0 1 5 4\n4 1 2 6 5\n4 2 3 7 6\n4 3 0 4 7\n`;

test("faces with four corners become two triangles, colours are passed over", () => {
  const { positions, triangles } = readOff(CUBE);
  assert.equal(positions.length, 8 * 3);
  assert.equal(triangles.length, 12 * 3);
  assert.deepEqual([...triangles.slice(0, 6)], [3, 2, 1, 3, 1, 0]);
});

test("a file that ends too early is an error", () => {
  assert.throws(() => readOff("OFF 8 6 0\n0 0"), /ends in the middle/);
});

test("a cube keeps its corners sharp and shows its twelve edges", () => {
  const { positions, normals, edges } = shade(readOff(CUBE));
  assert.equal(positions.length, 36 * 3);
  for (let i = 0; i < normals.length; i += 3) {
    const axes = [...normals.slice(i, i + 3)].map(Math.abs).sort();
    assert.deepEqual(axes, [0, 0, 1]);
  }
  assert.equal(edges.length, 12 * 6);
});

test("two faces at a small angle look smooth and show no edge between them", () => {
  const positions = Float32Array.from([0, 0, 0, 1, 0, 0.1, 1, 1, 0.1, 0, 1, 0, -1, 0, 0.1, -1, 1, 0.1]);
  const triangles = Uint32Array.from([0, 1, 3, 1, 2, 3, 0, 3, 4, 3, 5, 4]);
  const { normals, edges } = shade({ positions, triangles });
  assert.equal(edges.length, 0);
  assert.ok(Math.abs(normals[0]) < 0.08, "the ridge's normal leans to neither side");
});

test("GLB: positions and triangles come out as they went in", () => {
  const positions = Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0]);
  const indices = Uint32Array.from([0, 1, 2]);
  const scene = {
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: "VEC3" }, { bufferView: 1, componentType: 5125, count: 3, type: "SCALAR" }],
    bufferViews: [{ byteOffset: 0, byteLength: 36 }, { byteOffset: 36, byteLength: 12 }],
  };
  const json = Buffer.from(JSON.stringify(scene).padEnd(Math.ceil(JSON.stringify(scene).length / 4) * 4));
  const head = (/** @type {number[]} */ ...words) => Buffer.from(Uint32Array.from(words).buffer);
  const file = Buffer.concat([
    head(0x46546c67, 2, 28 + json.length + 48), head(json.length, 0x4e4f534a), json, head(48, 0x004e4942),
    Buffer.from(positions.buffer), Buffer.from(indices.buffer),
  ]);
  const read = readGlb(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
  assert.deepEqual([...read.positions], [...positions]);
  assert.deepEqual([...read.triangles], [0, 1, 2]);
  assert.throws(() => readGlb(new ArrayBuffer(16)), /not a binary glTF/);
});
