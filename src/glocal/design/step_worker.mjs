// Reads one STEP file inside bubblewrap: the file comes on standard input, triangles go to standard output:
//   uint32 LE length · JSON {status, log, solids: [[corners, triangles]]}
//   · for each solid its corners as float64 x y z in mm, then its triangles as three uint32
// `status` is "ok", "unreadable", "too many triangles", or the words with which the reader broke down.
//
//   node step_worker.mjs BUNDLE_DIRECTORY MOST_TRIANGLES

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const MAX_LOG_LINES = 20;
const MAX_LINE_CHARACTERS = 300;
// how far triangles may lie off a curved face: a share of the part's size, and radians between neighbours
const PRECISION = { linearDeflectionType: "bounding_box_ratio", linearDeflection: 0.0003, angularDeflection: 0.2 };

async function read(bundle, most, data) {
  const log = [];
  const keep = (line) => {
    if (log.length < MAX_LOG_LINES) log.push(String(line).slice(0, MAX_LINE_CHARACTERS));
  };
  try {
    const start = createRequire(import.meta.url)(`${bundle}/occt.cjs`);
    const occt = await start({ wasmBinary: readFileSync(`${bundle}/occt.wasm`), print: keep, printErr: keep });
    const found = occt.ReadStepFile(data, { linearUnit: "millimeter", ...PRECISION });
    if (!found.success) return { status: "unreadable", log, solids: [] };
    const solids = found.meshes.map(({ attributes, index }) => [attributes.position.array, index.array]);
    const triangles = solids.reduce((sum, [, corners]) => sum + corners.length / 3, 0);
    return triangles > most ? { status: "too many triangles", log, solids: [] } : { status: "ok", log, solids };
  } catch (error) {
    const words = typeof error === "number" ? "an exception that was not caught" : String(error?.message ?? error);
    return { status: words.slice(0, 1000), log, solids: [] };
  }
}

const [, , bundle, most] = process.argv;
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { status, log, solids } = await read(bundle, Number(most), Buffer.concat(chunks));
const sizes = solids.map(([points, corners]) => [points.length / 3, corners.length / 3]);
const json = Buffer.from(JSON.stringify({ status, log, solids: sizes }));
const length = Buffer.alloc(4);
length.writeUInt32LE(json.length);
const arrays = solids.flatMap(([points, corners]) => [Float64Array.from(points), Uint32Array.from(corners)]);
const body = arrays.map(({ buffer }) => Buffer.from(buffer));
process.stdout.write(Buffer.concat([length, json, ...body]), () => process.exit(0));
