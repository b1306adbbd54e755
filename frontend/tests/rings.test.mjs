import assert from "node:assert/strict";
import { test } from "node:test";

import { ringsFor, standing } from "../src/map/rings.js";

test("three round distances, the outermost holds everybody", () => {
  assert.deepEqual(ringsFor(14), [5, 10, 20]);
  assert.deepEqual(ringsFor(20), [5, 10, 20]);
  assert.deepEqual(ringsFor(0.4), [1]);
  assert.deepEqual(ringsFor(30000), [2000, 5000, 10000]);
});

test("who stands at the same place stands beside", () => {
  const [one, other, elsewhere] = [{ latitude: 1, longitude: 2 }, { latitude: 1, longitude: 2 }, { latitude: 1, longitude: 3 }];
  const before = standing([one, other, elsewhere]);
  assert.deepEqual([one, other, elsewhere].map((place) => before.get(place)), [0, 1, 0]);
});
