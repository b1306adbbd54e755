import assert from "node:assert/strict";
import { test } from "node:test";

import { changes, Configuration, matters } from "../src/configurator/state.js";

test("one drag of one slider undoes in one step", () => {
  const design = new Configuration({ width: 40, name: "" });
  for (const width of [41, 42, 43]) design.set("width", width, "width");
  design.closeStep();
  design.set("width", 50, "width");
  assert.equal(design.undo(), true);
  assert.equal(design.values.width, 43);
  assert.equal(design.undo(), true);
  assert.equal(design.values.width, 40);
  assert.equal(design.undo(), false);
});

test("redo comes back until something new is set", () => {
  const design = new Configuration({ width: 40 });
  design.set("width", 50);
  design.undo();
  assert.equal(design.redo(), true);
  assert.equal(design.values.width, 50);
  design.undo();
  design.set("width", 60);
  assert.equal(design.canRedo, false);
});

test("what does not change anything is no step", () => {
  const design = new Configuration({ at: [1, 2], on: true });
  assert.equal(design.set("at", [1, 2]), false);
  assert.equal(design.set("on", true), false);
  assert.equal(design.canUndo, false);
});

test("start over can be undone", () => {
  const design = new Configuration({ width: 40, name: "Adé" });
  design.set("width", 50);
  design.set("name", "Ọlá");
  design.reset();
  assert.deepEqual(changes(design.initial, design.values), {});
  design.undo();
  assert.deepEqual(changes(design.initial, design.values), { width: 50, name: "Ọlá" });
});

test("unknown names are left alone", () => {
  const design = new Configuration({ width: 40 });
  assert.equal(design.merge({ height: 3 }), false);
  assert.deepEqual(design.values, { width: 40 });
});

test("a value matters only with the others that its design names", () => {
  const screws = { only_with: { mount: ["screws", "cord"], name: [] } };
  assert.equal(matters(screws, { mount: "cord", name: "Ada" }), true);
  assert.equal(matters(screws, { mount: "none", name: "Ada" }), false);
  assert.equal(matters(screws, { mount: "cord", name: "" }), false);
  assert.equal(matters({}, {}), true);
});
