// The stage: the part in 3D with its buttons, its size in words and the poster that stands there until 3D is ready.
import { h } from "../dom.js";
import { fill, formatNumber } from "../format.js";

const ICONS = {
  left: "M12 5a7 7 0 1 1-7 7M5 7v5h5",
  right: "M12 5a7 7 0 1 0 7 7M19 7v5h-5",
  up: "M12 19V6M6 11l6-6 6 6",
  down: "M12 5v13M6 13l6 6 6-6",
  closer: "M11 5a6 6 0 1 1 0 12 6 6 0 0 1 0-12M15.5 15.5 20 20M11 8.5v5M8.5 11h5",
  farther: "M11 5a6 6 0 1 1 0 12 6 6 0 0 1 0-12M15.5 15.5 20 20M8.5 11h5",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  cut: "M12 3v18M5 7h5v10H5zM14 7h5v10h-5",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const ACCENT = "#d9744a";
/** Of the width; buttons that take less stand beside the part anyway. */
const MUCH = 0.15;
/** Filament under daylight: pure black and white would swallow the shading. */
const SCREEN_COLOURS = new Map([["black", "#41474b"], ["white", "#ece8df"], ["grey", "#8d949a"]]);

export class Stage {
  /** @param {import("./types.js").Setup} setup @param {string} language @param {HTMLElement | null} poster */
  constructor({ title, texts }, language, poster) {
    this.title = title;
    this.texts = texts;
    this.language = language;
    this.poster = poster;
    /** @type {import("../viewer/viewer.js").Viewer | null} */
    this.viewer = null;
    /** @type {import("../engine/client.js").Drawing | null} */
    this.mesh = null;
    this.colour = ACCENT;
    this.canvas = h("div", { class: "stage-canvas", role: "img", "aria-label": title });
    this.size = h("figcaption", { class: "stage-size" });
    this.price = h("p", { class: "stage-price", "aria-hidden": "true" });
    this.note = h("p", { class: "stage-note", role: "status" });
    this.depth = h("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": texts.cut_depth, hidden: true, class: "cut-depth" });
    this.depth.addEventListener("input", () => this.viewer?.cut(Number(this.depth.value) / 100));
    this.tools = this.makeTools();
    this.element = h("figure", { class: "stage" }, poster, this.canvas, this.tools, this.depth, this.note, this.price, this.size);
  }

  makeTools() {
    const button = (/** @type {keyof typeof ICONS} */ name, /** @type {(event: Event) => void} */ onclick, /** @type {object} */ more = {}) =>
      h("button", { type: "button", class: "tool", title: this.texts[`view_${name}`], "aria-label": this.texts[`view_${name}`], onclick, ...more }, icon(name));
    const cut = button("cut", () => this.toggleCut(cut), { "aria-pressed": "false" });
    return h(
      "div",
      { class: "stage-tools", role: "group", "aria-label": this.texts.view, hidden: true },
      button("left", () => this.viewer?.turn(1, 0)), button("right", () => this.viewer?.turn(-1, 0)),
      button("up", () => this.viewer?.turn(0, 1)), button("down", () => this.viewer?.turn(0, -1)),
      button("closer", () => this.viewer?.zoom(1)), button("farther", () => this.viewer?.zoom(-1)),
      button("home", () => this.viewer?.home()), cut,
      document.fullscreenEnabled ? button("full", () => this.toggleFull()) : null,
    );
  }

  /** How much of the width the buttons take where there is little of it, in pixels; negative at the left. */
  covered() {
    const { offsetLeft: left, offsetWidth: width } = this.tools;
    const whole = this.canvas.clientWidth;
    if (width < MUCH * whole) return 0;
    return left < whole / 2 ? -(left + width) : whole - left;
  }

  toggleCut(/** @type {HTMLElement} */ button) {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    this.depth.hidden = !open;
    this.viewer?.cut(open ? Number(this.depth.value) / 100 : null);
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen();
  }

  /** Load the 3D library; without WebGL the server's picture stays. @returns {Promise<boolean>} whether there is 3D */
  async open() {
    try {
      const { Viewer } = await import("../viewer/viewer.js");
      this.viewer = new Viewer(this.canvas, () => this.covered());
    } catch {
      this.note.textContent = this.texts.no_3d;
      return false;
    }
    this.viewer.paint(this.colour);
    this.tools.hidden = false;
    this.viewer.resize();
    if (this.mesh) this.show(this.mesh, false);
    return true;
  }

  /** @param {import("../engine/client.js").Drawing} mesh @param {boolean} draft */
  show(mesh, draft) {
    this.mesh = mesh;
    const words = this.sizeInWords(mesh.positions);
    this.size.textContent = words;
    this.element.toggleAttribute("data-draft", draft);
    this.note.textContent = "";
    if (!this.viewer) return;
    this.viewer.show(mesh);
    if (this.poster) this.poster.hidden = true;
  }

  /** The picture for someone who cannot see it. @param {string} summary of the values */
  describe(summary) {
    this.canvas.setAttribute("aria-label", fill(this.texts.description, { title: this.title, size: this.size.textContent ?? "", values: summary }));
  }

  /** @param {string} name of the material's colour */
  paint(name) {
    const colour = SCREEN_COLOURS.get(name) ?? (CSS.supports("color", name) ? name : ACCENT);
    this.colour = colour;
    this.viewer?.paint(colour);
  }

  /** @param {string} message @param {boolean} [goesOn] whether something is under way that ends by itself */
  say(message, goesOn = false) {
    this.note.textContent = message;
    if (goesOn) this.note.append(h("progress", { "aria-label": message }));
  }

  /** @param {Float32Array} positions */
  sizeInWords(positions) {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 1) {
      const axis = i % 3;
      if (positions[i] < low[axis]) low[axis] = positions[i];
      if (positions[i] > high[axis]) high[axis] = positions[i];
    }
    const [x, y, z] = low.map((value, axis) => formatNumber(this.language, high[axis] - value, 1));
    return fill(this.texts.size, { x, y, z });
  }

  close() {
    this.viewer?.close();
  }
}
