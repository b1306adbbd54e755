// The warm OpenSCAD process of the server. It runs inside bubblewrap and speaks over standard input and output:
//   request   uint32 LE length · JSON {id, main, files: [[path, size]], fonts: [[name, sha256, size]], values, format, parsed,
//             timeout_ms} · the bytes of all files, then of all fonts, one after the other; a font of size 0 was sent before
//   answer    uint32 LE length · JSON {id, status, log, size, memory, cpu_us, job_cpu_us} · the bytes of the output
// `status` is 0, OpenSCAD's exit status, or words: "timeout", or those with which the engine broke down.
//
//   node openscad_worker.mjs BUNDLE_DIRECTORY

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const RETIRE_MEMORY = 192 * 1024 * 1024; // a worker whose engine grew beyond this is replaced to give the memory back

// Optimise only what runs long: V8's own choice made a first job spend half of its CPU time on compiling. A Node that does
// not know the flag passes over it.
const TIERING = "--wasm-tiering-budget=20000000";

async function work() {
  const { prepare, run } = await import("./openscad_job.mjs");
  const { createOpenScad } = await import(pathToFileURL(`${workerData.bundle}/openscad.mjs`).href);
  let next = prepare(createOpenScad, workerData.compiled);
  const kept = new Map(); // of designs that were parsed; nothing of the values of a job
  parentPort.on("message", async (job) => {
    const prepared = await next;
    const { status, log, output } = run(prepared, job, kept);
    const memory = prepared.memory.buffer.byteLength;
    parentPort.postMessage({ status, log, output, memory });
    next = prepare(createOpenScad, workerData.compiled);
  });
}

class Engine {
  constructor(bundle, compiled) {
    this.data = { bundle, compiled };
    this.start();
  }

  start() {
    this.worker = new Worker(new URL(import.meta.url), {
      workerData: this.data,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.worker.on("message", (answer) => this.finish(answer));
    this.worker.on("error", (error) => this.fail(String(error?.message ?? error)));
    this.worker.on("exit", () => this.fail("the engine stopped"));
  }

  run(job, timeoutMs) {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.timer = setTimeout(() => this.fail("timeout"), timeoutMs);
      this.worker.postMessage(job);
    });
  }

  finish(answer) {
    clearTimeout(this.timer);
    const { resolve } = this;
    this.resolve = null;
    if (answer.memory > RETIRE_MEMORY || typeof answer.status === "string") this.restart();
    resolve?.(answer);
  }

  fail(words) {
    clearTimeout(this.timer);
    const { resolve } = this;
    this.resolve = null;
    this.restart();
    resolve?.({ status: words, log: [], output: null, memory: 0 });
  }

  restart() {
    this.worker.removeAllListeners();
    this.worker.on("error", () => {}); // what a stopped worker says no longer matters
    this.worker.terminate();
    this.start();
  }
}

/** Yield exactly as many bytes as asked for from a stream. */
class Reader {
  constructor(stream) {
    this.chunks = stream[Symbol.asyncIterator]();
    this.rest = Buffer.alloc(0);
  }

  async take(size) {
    const parts = [this.rest];
    let have = this.rest.length;
    while (have < size) {
      const { value, done } = await this.chunks.next();
      if (done) return null;
      parts.push(value);
      have += value.length;
    }
    const all = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    this.rest = all.subarray(size);
    return all.subarray(0, size);
  }
}

function answerWith(header, output) {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  process.stdout.write(Buffer.concat(output ? [length, json, output] : [length, json]));
}

async function serve(bundle) {
  const compiled = await WebAssembly.compile(readFileSync(`${bundle}/openscad.wasm`));
  const engine = new Engine(bundle, compiled);
  const reader = new Reader(process.stdin);
  const knownFonts = new Map();
  for (;;) {
    const length = await reader.take(4);
    if (length === null) process.exit(0);
    const request = JSON.parse((await reader.take(length.readUInt32LE())).toString());
    const files = [];
    for (const [path, size] of request.files) files.push([path, Uint8Array.from(await reader.take(size))]);
    const fonts = [];
    for (const [name, sha256, size] of request.fonts) {
      if (size > 0) {
        const shared = new Uint8Array(new SharedArrayBuffer(size));
        shared.set(await reader.take(size));
        knownFonts.set(sha256, shared);
      }
      fonts.push([name, knownFonts.get(sha256)]);
    }
    const { main, values, format, parsed } = request;
    const before = process.cpuUsage();
    const answer = await engine.run({ main, values, format, parsed, files, fonts }, request.timeout_ms);
    const { user, system } = process.cpuUsage();
    const jobCpu = user + system - before.user - before.system;
    const { status, log, memory } = answer;
    const size = answer.output?.length ?? 0;
    answerWith({ id: request.id, status, log, size, memory, cpu_us: user + system, job_cpu_us: jobCpu }, answer.output);
  }
}

if (isMainThread) {
  setFlagsFromString(TIERING);
  await serve(process.argv[2]);
} else await work();
