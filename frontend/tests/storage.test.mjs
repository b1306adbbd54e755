import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, fromAddress, recall, remember } from "../src/configurator/storage.js";

const none = { options: [], min: null, max: null, max_length: null, derived: false };
const parameters = [
  { ...none, name: "width", type: "number", initial: 40, min: 10, max: 100 },
  { ...none, name: "name", type: "string", initial: "", max_length: 5 },
  { ...none, name: "hole", type: "boolean", initial: true },
  { ...none, name: "at", type: "number", initial: [1, 2] },
  { ...none, name: "shape", type: "string", initial: "a", options: [{ value: "a", label: "A" }, { value: "b", label: "B" }] },
  { ...none, name: "font", type: "string", initial: "Noto", derived: true },
];

test("a link carries the changes there and back, in any script", () => {
  const changed = { width: 55.5, name: "أدِّ", hole: false, at: [3, 4.5], shape: "b" };
  const link = addressOf("http://shop.example/products/sign/?old=1#top", changed);
  assert.deepEqual(fromAddress(new URL(link).search, parameters), changed);
});

const nonsense = ["?width=1000", "?width=", "?width=x", "?hole=perhaps", "?at=1", "?at=1,x", "?shape=c", "?font=Evil", "?other=1", ""];
for (const search of nonsense) {
  test(`nonsense in a link is left out: ${search}`, () => assert.equal(fromAddress(search, parameters), null));
}

test("a long text is cut between letters", () => {
  assert.deepEqual(fromAddress("?name=%F0%9F%8C%B1%F0%9F%8C%B1%F0%9F%8C%B1%F0%9F%8C%B1%F0%9F%8C%B1%F0%9F%8C%B1", parameters), { name: "🌱🌱🌱🌱🌱" });
});

test("what was kept for another version of the design is forgotten", () => {
  const kept = new Map();
  const storage = { setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) ?? null };
  remember(storage, "sign", "hash-1", { width: 50 });
  assert.deepEqual(recall(storage, "sign", "hash-1"), { width: 50 });
  assert.equal(recall(storage, "sign", "hash-2"), null);
  assert.equal(recall(storage, "pot", "hash-1"), null);
});

test("a browser that keeps nothing breaks nothing", () => {
  const broken = { setItem: () => { throw new Error("full"); }, getItem: () => "{" };
  remember(broken, "sign", "hash", { width: 50 });
  assert.equal(recall(broken, "sign", "hash"), null);
});
