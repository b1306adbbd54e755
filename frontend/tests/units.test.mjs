import assert from "node:assert/strict";
import { test } from "node:test";

import { fromShown, sizeOf, toShown, unitOf } from "../src/configurator/units.js";

const inches = { unit: "mm", shown_unit: { name: "in", mm: 25.4 } };

test("an untouched box gives back what it was shown for, to the last bit", () => {
  for (const mm of [4, 4.166, 88.9, 100 / 3]) assert.equal(fromShown(inches, toShown(inches, mm), mm), mm);
});

test("what is typed in inches is exact", () => {
  assert.equal(fromShown(inches, 3.5, 10), 88.9);
  assert.equal(toShown(inches, 88.9), 3.5);
  assert.equal(unitOf(inches), "in");
  assert.deepEqual(["en", "fr", "ar"].map((language) => unitOf({ unit: "mm" }, language)), ["mm", "mm", "مم"]);
});

test("where people use millimetres nothing is converted", () => {
  assert.equal(fromShown({ unit: "mm" }, 12.3456, 1), 12.3456);
  assert.equal(toShown({ unit: "mm" }, 12.3456), 12.3456);
});

test("a measure has the nearest size, and none beyond the ends", () => {
  const sizes = { options: [{ label: "50", mm: 15.915 }, { label: "51", mm: 16.234 }, { label: "52", mm: 16.552 }] };
  assert.equal(sizeOf(sizes, 16.3).label, "51");
  assert.equal(sizeOf(sizes, 16.0745).label, "51");
  assert.equal(sizeOf(sizes, 20), null);
});
