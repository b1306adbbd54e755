// Keeps the 3D picture in step with the values: drafts while a slider moves, the full shape when it rests.
import { Engine, Overtaken } from "../engine/client.js";
import { readGlb } from "../engine/glb.js";
import { shade } from "../engine/shading.js";

const FULL_AFTER_MS = 250;
/** After this long the customer is told why nothing is to be seen yet. */
const LONG_MS = 1000;

/** @typedef {import("./types.js").Values} Values */

export class Preview {
  /**
   * @param {import("./types.js").Setup} setup
   * @param {{show: (mesh: import("../engine/client.js").Drawing & {triangles: number}, draft: boolean) => void, failed: (message: string) => void, takesLong: () => void}} out
   */
  constructor({ design, engine, urls }, out) {
    this.engine = engine && new Engine(engine);
    this.design = design;
    this.files = design.files.map(({ path, base64 }) => /** @type {[string, Uint8Array]} */ ([path, bytes(base64)]));
    this.fontsUrl = urls.fonts;
    this.out = out;
    /** @type {Map<string, Promise<[string, Uint8Array][]>>} */
    this.fonts = new Map();
    this.turn = 0;
    /** Whether the shape takes long to draw here; the server's may come first. */
    this.takesLong = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.fullTimer = undefined;
    this.broken = engine === null; // too heavy for a page: the server draws it
  }

  /** @returns {Promise<boolean>} whether the browser can make meshes itself */
  warmUp() {
    if (!this.engine) return Promise.resolve(false);
    return this.engine.warmUp().then(
      () => true,
      () => {
        this.broken = true;
        return false;
      },
    );
  }

  /** @param {Values} values @param {boolean} final whether the slider was let go */
  async update(values, final) {
    clearTimeout(this.fullTimer);
    const { engine } = this;
    if (this.broken || !engine) return;
    this.turn += 1;
    const turn = this.turn;
    this.takesLong = false;
    const long = setTimeout(() => {
      this.takesLong = turn === this.turn;
      if (this.takesLong) this.out.takesLong();
    }, LONG_MS);
    try {
      const fonts = await this.fontsFor(values);
      if (turn !== this.turn) return;
      const mesh = await engine.render({
        source: final ? this.design.source : this.design.draft_source,
        files: this.files,
        fonts: fonts.files,
        values: parameterSet(this.design, { ...values, ...fonts.values }),
      });
      if (turn === this.turn || !final) this.out.show(mesh, !final);
      if (!final && turn === this.turn) this.fullTimer = setTimeout(() => this.update(values, true), FULL_AFTER_MS);
    } catch (error) {
      if (error instanceof Overtaken || turn !== this.turn) return;
      this.out.failed(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(long);
      if (turn === this.turn) this.takesLong = false;
    }
  }

  /** Draw no longer: the server has the shape, or says that there will be none. */
  giveUp() {
    clearTimeout(this.fullTimer);
    this.turn += 1;
    this.takesLong = false;
    this.engine?.giveUp();
  }

  /** Show what the server made. @param {string} url of a GLB */
  async showServerMesh(url) {
    this.turn += 1;
    const turn = this.turn;
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the shape did not load (${response.status})`);
    const surface = readGlb(await response.arrayBuffer());
    if (turn === this.turn) this.out.show({ ...shade(surface), triangles: surface.triangles.length / 3 }, false);
  }

  /**
   * The fonts that the customer's words need, as the server chose them, and those that the customer chose.
   * @param {Values} values
   * @returns {Promise<{files: [string, Uint8Array][], values: Values}>}
   */
  fontsFor(values) {
    const texts = this.design.parameters
      .filter(({ type, derived, options, widget }) => type === "string" && !derived && (options.length === 0 || widget === "font"))
      .map(({ name }) => [name, String(values[name])]);
    const key = JSON.stringify(texts);
    if (texts.length === 0) return Promise.resolve({ files: [], values: {} });
    let found = /** @type {any} */ (this.fonts.get(key));
    if (!found) {
      found = this.loadFonts(texts);
      this.fonts.set(key, found);
      found.catch(() => this.fonts.delete(key));
    }
    return found;
  }

  /** @param {string[][]} texts pairs of parameter and text */
  async loadFonts(texts) {
    const query = new URLSearchParams(texts);
    const response = await fetch(`${this.fontsUrl}?${query}`);
    if (!response.ok) throw new Error((await response.json()).error?.message ?? String(response.status));
    const { fonts, values } = await response.json();
    const files = await Promise.all(fonts.map(async (/** @type {{name: string, url: string}} */ { name, url }) => [name, await loadBytes(url)]));
    return { files, values };
  }

  close() {
    clearTimeout(this.fullTimer);
    this.engine?.close();
  }
}

/** Every value as OpenSCAD's parameter sets hold it: text. @param {import("./types.js").Design} design @param {Values} values */
export function parameterSet(design, values) {
  return Object.fromEntries(
    design.parameters.filter(({ name }) => name in values).map(({ name }) => {
      const value = values[name];
      return [name, Array.isArray(value) ? `[${value.join(", ")}]` : String(value)];
    }),
  );
}

/** @type {Map<string, Promise<Uint8Array>>} */
const loaded = new Map();

/** @param {string} url @returns {Promise<Uint8Array>} */
function loadBytes(url) {
  let found = loaded.get(url);
  if (!found) {
    found = fetch(url).then(async (response) => {
      if (!response.ok) throw new Error(`a font did not load (${response.status})`);
      return new Uint8Array(await response.arrayBuffer());
    });
    loaded.set(url, found);
    found.catch(() => loaded.delete(url));
  }
  return found;
}

/** @param {string} base64 */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
