// Keeps OpenSCAD warm in a worker and a spare beside it: a newer change stops an older run at once by ending its worker.

/** @typedef {{positions: Float32Array, normals: Float32Array, edges: Float32Array}} Drawing */
/** @typedef {Drawing & {triangles: number, ms: number}} DrawnMesh */

/** How long an older run may go on before a newer change ends it; shorter runs are cheaper to wait for than to restart. */
const PATIENCE_MS = 250;

/** A run that was overtaken by a newer change. */
export class Overtaken extends Error {}

export class Engine {
  /** @param {{worker: string, glue: string, wasm: string}} urls */
  constructor(urls) {
    this.urls = urls;
    /** @type {Promise<WebAssembly.Module> | null} */
    this.module = null;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Worker | null} */
    this.spare = null;
    this.lastId = 0;
    /** @type {{id: number, began: number, resolve: (mesh: DrawnMesh) => void, reject: (error: Error) => void} | null} */
    this.running = null;
    /** @type {{job: object, resolve: (mesh: DrawnMesh) => void, reject: (error: Error) => void} | null} */
    this.waiting = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Load and compile; later calls return the same promise. */
  warmUp() {
    this.module ??= compile(this.urls.wasm).then((module) => {
      this.worker = this.startWorker(module);
      this.spare = this.startWorker(module);
      return module;
    });
    return this.module;
  }

  /**
   * Make the mesh of one configuration; a call that comes later rejects this one with `Overtaken`.
   * @param {object} job what `worker.js` calls a Job, without its id
   * @returns {Promise<DrawnMesh>}
   */
  async render(job) {
    await this.warmUp();
    return new Promise((resolve, reject) => {
      this.waiting?.reject(new Overtaken());
      this.waiting = { job, resolve, reject };
      this.next();
    });
  }

  next() {
    clearTimeout(this.timer);
    if (!this.waiting) return;
    if (this.running) {
      const left = PATIENCE_MS - (performance.now() - this.running.began);
      if (left > 0) {
        this.timer = setTimeout(() => this.next(), left);
        return;
      }
      this.stopRunning();
    }
    const { job, resolve, reject } = this.waiting;
    this.waiting = null;
    this.lastId += 1;
    this.running = { id: this.lastId, began: performance.now(), resolve, reject };
    this.worker?.postMessage({ kind: "run", job: { ...job, id: this.lastId } });
  }

  /** End the run and whatever waits behind it. */
  giveUp() {
    clearTimeout(this.timer);
    this.waiting?.reject(new Overtaken());
    this.waiting = null;
    if (this.running) this.stopRunning();
  }

  /** End the worker with its run; the spare takes over and a new spare warms up. */
  stopRunning() {
    this.running?.reject(new Overtaken());
    this.running = null;
    this.worker?.terminate();
    this.worker = this.spare;
    this.module?.then((module) => {
      this.spare = this.startWorker(module);
    });
  }

  /** @param {WebAssembly.Module} module */
  startWorker(module) {
    const worker = new Worker(this.urls.worker, { type: "module" });
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = (event) => this.receive({ kind: "failed", id: this.running?.id, message: event.message });
    worker.postMessage({ kind: "start", glueUrl: this.urls.glue, module });
    return worker;
  }

  /** @param {any} message */
  receive(message) {
    if (message.kind === "ready" || message.id !== this.running?.id) return;
    const run = this.running;
    this.running = null;
    if (message.kind === "mesh") run?.resolve(message);
    else run?.reject(new Error(message.message));
    this.next();
  }

  close() {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.spare?.terminate();
  }
}

/** @param {string} url */
async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the design engine did not load (${response.status})`);
  return WebAssembly.compileStreaming ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
