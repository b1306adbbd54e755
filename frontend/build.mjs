// The one build step: bundles the web components into src/glocal/bundle/web and packs what browsers load,
// so that the server can send a file as it lies on the disk. Run by `npm run build`.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, "..", "src", "glocal", "bundle");
const web = join(bundle, "web");

await rm(web, { recursive: true, force: true });
await mkdir(web, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: {
    camera: "src/camera/element.js",
    embed: "src/embed/embed.js",
    frame: "src/embed/frame.js",
    configurator: "src/configurator/element.js",
    "engine-worker": "src/engine/worker.js",
    here: "src/desk/here.js",
    layers: "src/layers/element.js",
    leaflet: "src/map/leaflet.css",
    map: "src/map/element.js",
    order: "src/order/element.js",
    passkey: "src/account/passkey.js",
    refine: "src/desk/refine.js",
    room: "src/room/element.js",
    send: "src/desk/send.js",
    sending: "src/sending.js",
    site: "src/site.js",
    glocal: "src/styles/index.css",
  },
  outdir: web,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "linked",
  loader: { ".png": "dataurl" },
  logLevel: "warning",
});
await cp(join(here, "src", "pictures"), web, { recursive: true });
await cp(join(here, "node_modules", "world-atlas", "countries-50m.json"), join(web, "outlines.json"));

const squeezeGzip = promisify(gzip);
const squeezeBrotli = promisify(brotliCompress);
const files = await loadedFiles(bundle);
await Promise.all(files.map(pack));
await writeFile(join(web, "manifest.json"), `${JSON.stringify(await versions(files), null, 1)}\n`);

/** @param {string} folder @returns {Promise<string[]>} the files below it that a browser loads */
async function loadedFiles(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => /\.(js|mjs|css|json|wasm|svg)$/.test(name)).map((name) => join(folder, name)).sort();
}

/** Write `file.gz` and `file.br` beside it, unless they are newer than the file. @param {string} file */
async function pack(file) {
  const written = (await stat(file)).mtimeMs;
  const packed = await stat(`${file}.br`).catch(() => null);
  if (packed && packed.mtimeMs >= written) return;
  const content = await readFile(file);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: content.length > 1e6 ? 9 : 11 } };
  await writeFile(`${file}.gz`, await squeezeGzip(content, { level: 9 }));
  await writeFile(`${file}.br`, await squeezeBrotli(content, brotli));
}

/** The first digits of each file's hash: the version in its address, so that browsers may keep it for good. */
async function versions(/** @type {string[]} */ files) {
  const entries = files.map(async (file) => {
    const hash = createHash("sha256").update(await readFile(file)).digest("hex").slice(0, 12);
    return [relative(bundle, file).split("\\").join("/"), hash];
  });
  return Object.fromEntries(await Promise.all(entries));
}
