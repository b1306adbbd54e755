// Pins on the part: numbered marks that follow the view, and the choice of a new point by click or by keyboard.
import { Raycaster, Vector2, Vector3 } from "three";

import { h } from "../dom.js";

/** @typedef {{id: string, number: number, point: number[], text: string, kind?: string}} Pin */

const STEP_PX = 8;

export class Pins {
  /**
   * @param {import("./viewer.js").Viewer} viewer
   * @param {{label: (pin: Pin) => string, open: (pin: Pin) => void, chosen?: (point: number[]) => void, missed?: () => void}} out
   */
  constructor(viewer, out) {
    this.viewer = viewer;
    this.out = out;
    /** @type {[Pin, HTMLElement][]} */
    this.marks = [];
    this.raycaster = new Raycaster();
    this.layer = h("div", { class: "pins" });
    this.cross = h("button", { type: "button", class: "cross", hidden: true });
    this.at = { x: 0, y: 0 };
    viewer.host.after(this.layer);
    this.layer.append(this.cross);
    viewer.host.addEventListener("drawn", () => this.place());
    viewer.host.addEventListener("click", (event) => {
      if (this.cross.hidden) return;
      const box = viewer.host.getBoundingClientRect();
      this.choose(event.clientX - box.left, event.clientY - box.top);
    });
    this.cross.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.steer(event));
    this.cross.addEventListener("click", () => this.choose(this.at.x, this.at.y));
  }

  /** @param {Pin[]} pins */
  show(pins) {
    for (const [, mark] of this.marks) mark.remove();
    this.marks = pins.map((pin) => {
      const label = this.out.label(pin);
      const mark = h("button", { type: "button", class: pin.kind ? `pin ${pin.kind}` : "pin", "aria-label": label, title: label, onclick: () => this.out.open(pin) }, String(pin.number));
      this.layer.append(mark);
      return [pin, mark];
    });
    this.place();
  }

  /** Begin to choose a point. @param {string} how in words */
  aim(how) {
    const { clientWidth, clientHeight } = this.viewer.host;
    this.at = { x: clientWidth / 2, y: clientHeight / 2 };
    this.cross.hidden = false;
    this.cross.setAttribute("aria-label", how);
    this.placeCross();
    this.cross.focus();
  }

  stop() {
    this.cross.hidden = true;
  }

  /** @param {KeyboardEvent} event */
  steer(event) {
    const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const { clientWidth, clientHeight } = this.viewer.host;
    this.at.x = Math.min(clientWidth, Math.max(0, this.at.x + move[0] * STEP_PX));
    this.at.y = Math.min(clientHeight, Math.max(0, this.at.y + move[1] * STEP_PX));
    this.placeCross();
  }

  placeCross() {
    this.cross.style.setProperty("left", `${this.at.x}px`);
    this.cross.style.setProperty("top", `${this.at.y}px`);
  }

  /** @param {number} x @param {number} y in pixels from the view's corner */
  choose(x, y) {
    const { host, camera, mesh } = this.viewer;
    camera.updateMatrixWorld(); // it may have moved since it was last drawn
    const spot = new Vector2((x / host.clientWidth) * 2 - 1, 1 - (y / host.clientHeight) * 2);
    this.raycaster.setFromCamera(spot, camera);
    const hit = this.raycaster.intersectObject(mesh, false)[0];
    if (!hit) {
      this.out.missed?.();
      return;
    }
    this.stop();
    const { x: px, y: py, z: pz } = hit.point.clone().sub(this.viewer.origin);
    this.out.chosen?.([px, py, pz].map((value) => Math.round(value * 100) / 100));
  }

  /** Put every mark where its point is seen. */
  place() {
    const { host, camera, origin } = this.viewer;
    camera.updateMatrixWorld();
    for (const [pin, mark] of this.marks) {
      const spot = new Vector3(...pin.point).add(origin).project(camera);
      mark.hidden = Math.abs(spot.x) > 1 || Math.abs(spot.y) > 1 || spot.z > 1;
      mark.style.setProperty("left", `${((spot.x + 1) / 2) * host.clientWidth}px`);
      mark.style.setProperty("top", `${((1 - spot.y) / 2) * host.clientHeight}px`);
    }
  }
}
