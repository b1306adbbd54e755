// Runs OpenSCAD in the customer's browser, off the page's thread, by the same job code as the server. Each run gets a
// fresh engine, made while the last result is being looked at: a run cannot spoil the next.
import { prepare, run } from "../../../src/glocal/design/openscad_job.mjs";
import { readOff } from "./off.js";
import { shade } from "./shading.js";

/**
 * @typedef {object} Job
 * @property {number} id
 * @property {string} source
 * @property {[string, Uint8Array][]} files more files of the design, by path
 * @property {[string, Uint8Array][]} fonts
 * @property {Record<string, string>} values every value as text, as a parameter set holds them
 */

const MAIN = "design-main.scad"; // as on the server, so that both do the very same
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @type {() => Promise<any>} */
let prepareOne = () => Promise.reject(new Error("the engine was not started"));
/** @type {Promise<any> | null} */
let prepared = null;
/** @type {Map<string, {memory: Uint8Array, log: string[]}>} */
const kept = new Map(); // the files of a page do not change

self.onmessage = async ({ data }) => {
  if (data.kind === "start") {
    const glue = import(data.glueUrl);
    prepareOne = async () => prepare((await glue).createOpenScad, data.module);
    prepared = prepareOne();
    prepared.then(
      () => self.postMessage({ kind: "ready" }),
      () => {}, // the first job says what is broken
    );
    return;
  }
  const { job } = data;
  const began = performance.now();
  try {
    const mesh = makeMesh(await (prepared ?? prepareOne()), job);
    const buffers = [mesh.positions.buffer, mesh.normals.buffer, mesh.edges.buffer];
    self.postMessage({ kind: "mesh", id: job.id, ms: performance.now() - began, ...mesh }, { transfer: buffers });
  } catch (error) {
    self.postMessage({ kind: "failed", id: job.id, message: error instanceof Error ? error.message : String(error) });
  }
  prepared = prepareOne();
  prepared.catch(() => {});
};

/** @param {any} engine @param {Job} job */
function makeMesh(engine, job) {
  const files = /** @type {[string, Uint8Array][]} */ ([[MAIN, encoder.encode(job.source)], ...job.files]);
  const parsed = JSON.stringify([job.source, job.fonts.map(([name]) => name)]);
  const { status, log, output } = run(engine, { main: MAIN, files, fonts: job.fonts, values: job.values, parsed }, kept);
  if (!output) {
    const errors = log.filter((/** @type {string} */ line) => /error/i.test(line));
    throw new Error((errors.length ? errors : log.slice(-3)).join("\n") || String(status));
  }
  const surface = readOff(decoder.decode(output));
  return { ...shade(surface), triangles: surface.triangles.length / 3 };
}
