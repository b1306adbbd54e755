import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Snapshots } from "../src/configurator/snapshots.js";

const answers = (...all) => mock.fn(async () => ({ ok: true, json: async () => all.shift() }));
const comparing = (open) => ({ setup: { texts: {}, urls: { quotes: "/api/quotes" }, slug: "pot" }, language: "en", shown: () => ({}), dialog: { open } });
const ask = (open) => Snapshots.prototype.ask.call(/** @type {any} */ (comparing(open)), { name: "", values: {}, material: "pla" });
const building = { building: { elapsed_s: 9, limit_s: 180, ahead: 0 }, refusal: { code: "still_building" }, files: {} };
const priced = { building: null, quote: { price_minor: 500 }, files: { png: "/p.png" } };

test("a shape that takes long to build is compared when it is built", async () => {
  globalThis.setTimeout = /** @type {any} */ ((end) => setImmediate(end));
  globalThis.fetch = /** @type {any} */ (answers(building, building, priced));
  assert.deepEqual(await ask(true), priced);
});

test("nobody asks on after the comparison was closed", async () => {
  globalThis.fetch = /** @type {any} */ (answers(building, priced));
  assert.deepEqual(await ask(false), building);
});
