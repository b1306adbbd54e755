import assert from "node:assert/strict";
import { test } from "node:test";

import { BoxGeometry, Mesh, PerspectiveCamera, Vector3 } from "three";

import { Pins } from "../src/viewer/pins.js";

/** As much of a page as a button needs. */
function page() {
  const element = () => ({ append() {}, addEventListener() {}, setAttribute() {}, focus() {}, style: { setProperty() {} }, hidden: false });
  globalThis.document = /** @type {any} */ ({ createElement: element });
  return { ...element(), after() {}, clientWidth: 400, clientHeight: 300 };
}

test("the middle of the view is on the part also before the part was drawn", () => {
  const camera = new PerspectiveCamera(32, 4 / 3, 1, 500);
  camera.up.set(0, 0, 1);
  camera.position.set(0, -100, 5);
  camera.lookAt(0, 0, 5);
  const chosen = [];
  const viewer = { host: page(), camera, mesh: new Mesh(new BoxGeometry(10, 10, 10).translate(0, 0, 5)), origin: new Vector3(0, 0, 0) };
  const pins = new Pins(/** @type {any} */ (viewer), { label: () => "", open() {}, chosen: (point) => chosen.push(point) });
  pins.aim("Point at it");
  pins.choose(pins.at.x, pins.at.y);
  assert.deepEqual(chosen, [[0, -5, 5]]);
});
