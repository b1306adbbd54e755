// Take Open CASCADE, which reads STEP files, from the npm package occt-import-js into the bundle of the server:
//   occt.wasm   the WebAssembly program, with its memory limited to 1 GB
//   occt.cjs    the glue, as the package has it but for that limit
//
//   node extract-occt.mjs [INPUT_DIRECTORY] [OUTPUT_DIRECTORY]
//
// Both are LGPL-2.1: they run in a process of their own, can be exchanged here, and their source is at
// https://github.com/kovacsv/occt-import-js and https://github.com/Open-Cascade-SAS/OCCT.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { limitMemory, readPinned, replaceOnce, writeWhole } from "./wasm.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const input = process.argv[2] ?? join(here, "node_modules", "occt-import-js", "dist");
const output = process.argv[3] ?? join(here, "..", "src", "glocal", "bundle", "occt");

const EXPECTED_SHA256 = {
  "occt-import-js.js": "3fb44ce11d00611f9b3f3c5775d520ebab48930c1f08279b7b1316f05f0d3379", // occt-import-js@0.0.23
  "occt-import-js.wasm": "33391fc9d94ea5c869a6718488bf0a9a464222bac9bdc764dfe1690cef281952",
};
const MAX_PAGES = 16384; // of 64 KiB: a file that eats memory dies at 1 GB instead of 2 GB

const [glue, program] = Object.entries(EXPECTED_SHA256).map(([name, sha256]) => readPinned(join(input, name), sha256));
const limited = replaceOnce(glue.toString("utf8"), "getHeapMax=()=>2147483648;", `getHeapMax=()=>${MAX_PAGES * 65536};`);
mkdirSync(output, { recursive: true });
writeWhole(join(output, "occt.wasm"), limitMemory(program, MAX_PAGES));
writeWhole(join(output, "occt.cjs"), limited);
