// <glocal-layers src="…" texts="id">: leaf through a print layer by layer, by slider, buttons and keys.
import { BufferAttribute, BufferGeometry, Color, LineBasicMaterial, LineSegments, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

import { h, pageData } from "../dom.js";
import { formatNumber } from "../format.js";
import { readLines } from "./lines.js";

/** By the slicer's names; each differs from its neighbours in lightness too. */
const COLOURS = {
  "External perimeter": "#c2410c", Perimeter: "#e8a23a", "Overhang perimeter": "#1e3a8a", "Internal infill": "#9b2c4d", "Solid infill": "#7a4cc0",
  "Top solid infill": "#d64545", "Bridge infill": "#3b82c4", "Gap fill": "#8a8a8a", Skirt: "#2f855a", "Skirt/Brim": "#2f855a",
  "Support material": "#3c9a5f", "Support material interface": "#1c6b45", Custom: "#6b7280",
};
const OTHER = "#b7791f";
const FADED = 0.22;
const STEP_RAD = Math.PI / 8;

class GlocalLayers extends HTMLElement {
  connectedCallback() {
    this.texts = pageData(this.getAttribute("texts") ?? "");
    this.language = document.documentElement.lang || "en";
    void this.load().catch(() => this.replaceChildren(h("p", { class: "notice bad", role: "alert" }, this.texts.failed)));
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    this.renderer?.dispose();
  }

  async load() {
    const answer = await fetch(this.getAttribute("src") ?? "", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    this.lines = readLines(await answer.arrayBuffer());
    this.last = this.lines.z_mm.length - 1;
    this.build();
    this.draw3d();
    this.lookFrom(0.62, -1, 0.7);
    this.show(this.last);
  }

  build() {
    const { texts } = this;
    this.stage = h("div", { class: "layers-stage", tabindex: "0", role: "img", "aria-label": texts.picture, onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) });
    this.slider = h("input", { type: "range", min: "0", max: String(this.last), step: "1", "aria-label": texts.slider, oninput: () => this.show(Number(this.slider.value)) });
    this.said = h("output", { class: "layers-said" });
    this.alone = h("input", { type: "checkbox", onchange: () => this.show(this.layer ?? 0) });
    const button = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {() => void} */ does) =>
      h("button", { type: "button", class: "button layers-step", "aria-label": label, title: label, onclick: does }, sign);
    this.replaceChildren(
      this.stage,
      h("div", { class: "layers-bar" }, button(texts.first, "⤓", () => this.show(0)), button(texts.back, "−", () => this.show(this.at() - 1)), this.slider,
        button(texts.forth, "+", () => this.show(this.at() + 1)), button(texts.last, "⤒", () => this.show(this.last ?? 0))),
      h("div", { class: "layers-bar" }, this.said, h("label", { class: "layers-alone" }, this.alone, texts.alone),
        h("button", { type: "button", class: "quiet", onclick: () => this.lookFrom(0, -0.001, 1) }, texts.above),
        h("button", { type: "button", class: "quiet", onclick: () => this.lookFrom(0.62, -1, 0.7) }, texts.side)),
      h("ul", { class: "layers-legend" }, ...(this.lines?.kinds ?? []).map((name) => this.entry(name))),
    );
  }

  at() {
    return this.layer ?? 0;
  }

  /** @param {string} name */
  entry(name) {
    const swatch = h("span", { class: "layers-swatch", "aria-hidden": "true" });
    swatch.style.backgroundColor = colourOf(name);
    return h("li", {}, swatch, this.texts.kinds[name] ?? name);
  }

  draw3d() {
    if (!this.lines) return;
    const { positions, kind, kinds, z_mm: z } = this.lines;
    const box = boxOf(this.lines);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("color", new BufferAttribute(colours(kind, kinds), 3, true));
    this.below = new LineSegments(geometry, new LineBasicMaterial({ vertexColors: true, transparent: true, opacity: FADED, depthWrite: false }));
    this.current = new LineSegments(geometry.clone(), new LineBasicMaterial({ vertexColors: true }));
    this.current.geometry.setAttribute("position", geometry.getAttribute("position"));
    this.current.geometry.setAttribute("color", geometry.getAttribute("color"));
    this.below.frustumCulled = this.current.frustumCulled = false;
    this.scene = new Scene();
    this.scene.add(this.below, this.current);
    this.middle = new Vector3((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, z[z.length - 1] / 2);
    this.radius = Math.max(1, Math.hypot(box[2] - box[0], box[3] - box[1], z[z.length - 1]) / 2);
    this.camera = new PerspectiveCamera(32, 1, this.radius / 50, this.radius * 40);
    this.camera.up.set(0, 0, 1);
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.stage.append(this.renderer.domElement);
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    this.controls.enableDamping = false;
    this.controls.addEventListener("change", () => this.draw());
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.stage);
    this.resize();
  }

  resize() {
    if (!this.renderer || !this.camera) return;
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (width === 0 || height === 0) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  /** @param {number} x @param {number} y @param {number} z the direction from which one looks */
  lookFrom(x, y, z) {
    if (!this.camera || !this.controls || !this.middle || !this.radius) return;
    const distance = (this.radius / Math.sin((this.camera.fov * Math.PI) / 360)) * Math.max(1, 1 / this.camera.aspect);
    this.camera.position.set(x, y, z).normalize().multiplyScalar(distance * 0.95).add(this.middle);
    this.controls.target.copy(this.middle);
    this.controls.update();
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const turns = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });
    const turn = turns[event.key];
    const zoom = { "+": 1 / 1.25, "=": 1 / 1.25, "-": 1.25 }[event.key];
    if (!this.camera || !this.controls || (!turn && !zoom)) {
      if (event.key === "PageUp" || event.key === "PageDown") {
        event.preventDefault();
        this.show(this.at() + (event.key === "PageUp" ? 1 : -1));
      }
      return;
    }
    event.preventDefault();
    const offset = this.camera.position.clone().sub(this.controls.target);
    if (zoom) offset.multiplyScalar(zoom);
    if (turn) {
      const length = offset.length();
      const azimuth = Math.atan2(offset.y, offset.x) + turn[0] * STEP_RAD;
      const rise = Math.min(1.5, Math.max(-1.5, Math.asin(offset.z / length) + turn[1] * STEP_RAD));
      offset.set(Math.cos(rise) * Math.cos(azimuth), Math.cos(rise) * Math.sin(azimuth), Math.sin(rise)).multiplyScalar(length);
    }
    this.camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
    this.draw();
  }

  /** @param {number} wanted */
  show(wanted) {
    if (!this.lines || !this.below || !this.current) return;
    const layer = Math.min(Math.max(wanted, 0), this.last ?? 0);
    this.layer = layer;
    const { starts, z_mm: z } = this.lines;
    this.below.visible = !this.alone.checked;
    this.below.geometry.setDrawRange(0, 2 * starts[layer]);
    this.current.geometry.setDrawRange(2 * starts[layer], 2 * (starts[layer + 1] - starts[layer]));
    this.slider.value = String(layer);
    const figure = (/** @type {number} */ value, /** @type {number} */ digits) => formatNumber(this.language ?? "en", value, digits);
    const said = this.texts.layer.replace("{n}", figure(layer + 1, 0)).replace("{all}", figure(z.length, 0)).replace("{z}", figure(z[layer], 2));
    this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", said);
    this.dataset.layer = String(layer);
    this.draw();
  }

  draw() {
    if (this.renderer && this.scene && this.camera) this.renderer.render(this.scene, this.camera);
  }
}

/** The corners of what is printed, without the lines that prime the nozzle. @param {import("./lines.js").Lines} lines @returns {number[]} */
function boxOf({ positions, kind, kinds, box_mm: whole }) {
  const priming = kinds.indexOf("Custom");
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let end = 0; end < 2 * kind.length; end += 1) {
    if (kind[end >> 1] === priming) continue;
    box[0] = Math.min(box[0], positions[3 * end]);
    box[1] = Math.min(box[1], positions[3 * end + 1]);
    box[2] = Math.max(box[2], positions[3 * end]);
    box[3] = Math.max(box[3], positions[3 * end + 1]);
  }
  return box[0] > box[2] ? whole : box;
}

/** @param {string} name */
function colourOf(name) {
  return /** @type {Record<string, string>} */ (COLOURS)[name] ?? OTHER;
}

/** @param {Uint8Array} kind @param {string[]} kinds @returns {Uint8Array} three bytes for each end of each line */
function colours(kind, kinds) {
  const palette = kinds.map((name) => new Color(colourOf(name)).toArray().map((share) => Math.round(share * 255)));
  const bytes = new Uint8Array(6 * kind.length);
  for (let line = 0; line < kind.length; line += 1) {
    bytes.set(palette[kind[line]], 6 * line);
    bytes.set(palette[kind[line]], 6 * line + 3);
  }
  return bytes;
}

customElements.define("glocal-layers", GlocalLayers);
