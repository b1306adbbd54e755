// One run of OpenSCAD, the same in Node and in a browser's Web Worker. No Node module is imported here.

const NEARLY_FULL_BYTES = 256 * 1024 * 1024; // memory grows by a fifth at a time, so a refused growth starts above this
const MAX_LOG_LINES = 200;
const MAX_LINE_CHARACTERS = 500;
const WORTH_KEEPING_MS = 25; // parsing that takes longer is not done again
const MOST_KEPT_BYTES = 160 * 1024 * 1024;
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>/fonts</dir><cachedir>/tmp/fontconfig</cachedir></fontconfig>
`;

/**
 * Make a fresh engine that is ready for one job. It costs 10 to 30 ms, so make it before the job comes.
 * @param createOpenScad what openscad.mjs exports
 * @param {WebAssembly.Module} compiled the program in openscad.wasm
 */
export async function prepare(createOpenScad, compiled) {
  const log = [];
  const keep = (line) => {
    if (log.length < MAX_LOG_LINES) log.push(String(line).slice(0, MAX_LINE_CHARACTERS));
  };
  const engine = await createOpenScad(compiled, {
    print: keep,
    printErr: keep,
    stdin: () => null,
    preRun: [(module) => Object.assign(module.ENV, { OPENSCADPATH: "/design:/design/libraries" })],
  });
  engine.FS.mkdirTree("/design");
  engine.FS.mkdirTree("/fonts");
  engine.FS.writeFile("/fonts/fonts.conf", FONTS_CONF);
  return { engine, log, memory: engine.memory };
}

/** A number that is thrown is a C++ exception which nobody caught; when memory is nearly full it is std::bad_alloc. */
function cppException(memory) {
  return memory.buffer.byteLength > NEARLY_FULL_BYTES ? "out of memory" : "an exception that OpenSCAD did not catch";
}

/** Return the memory without the zeros at its end, which a fresh engine has anyway. */
function withoutEnd(memory) {
  const words = new BigUint64Array(memory.buffer);
  let used = words.length;
  while (used > 0 && words[used - 1] === 0n) used--;
  return memory.slice(0, used * 8);
}

/**
 * Let an engine go on from where the same design was parsed before, or keep what it parses now.
 * @param {{engine: any, log: string[]}} prepared
 * @param {string} key
 * @param {Map<string, {memory: Uint8Array, log: string[]}>} kept by what was parsed; the one used last stands last
 */
function reuseParsed({ engine, log }, key, kept) {
  const began = performance.now();
  engine.parsed = {
    take() {
      const found = kept.get(key);
      if (!found) return null;
      kept.delete(key);
      kept.set(key, found);
      log.splice(0, log.length, ...found.log);
      return found.memory;
    },
    keep(memory) {
      if (performance.now() - began < WORTH_KEEPING_MS) return;
      kept.set(key, { memory: withoutEnd(memory), log: [...log] });
      let bytes = 0;
      for (const [each, { memory }] of [...kept].reverse()) {
        bytes += memory.length;
        if (bytes > MOST_KEPT_BYTES) kept.delete(each);
      }
    },
  };
}

/**
 * Run one job in a prepared engine, which is used up by it.
 * @param {{engine: any, log: string[], memory: WebAssembly.Memory}} prepared
 * @param {{main: string, files: [string, Uint8Array][], fonts: [string, Uint8Array][], values: Record<string, string>,
 *          format?: "off" | "param", parsed?: string}} job `main` is the path of the design among `files`; `values` go through a
 *          parameter set, so that no value can ever be read as program text; `parsed` names all but the values: jobs
 *          of the same name have the same files, fonts and format
 * @param {Map<string, {memory: Uint8Array, log: string[]}>} [kept] what earlier jobs have parsed
 * @returns {{status: number | string, log: string[], output: Uint8Array | null}} status 0, OpenSCAD's exit status, or the
 *          words with which the engine broke down
 */
export function run({ engine, log, memory }, job, kept) {
  const { FS } = engine;
  const format = job.format ?? "off";
  for (const [path, bytes] of job.files) {
    const full = `/design/${path}`;
    FS.mkdirTree(full.slice(0, full.lastIndexOf("/")));
    FS.writeFile(full, bytes);
  }
  for (const [name, bytes] of job.fonts) FS.writeFile(`/fonts/${name}`, bytes);
  const sets = { fileFormatVersion: "1", parameterSets: { job: job.values } };
  FS.writeFile("/values.json", JSON.stringify(sets));
  const output = `/output.${format}`;
  if (kept && job.parsed) reuseParsed({ engine, log }, job.parsed, kept);
  let status;
  try {
    status = engine.callMain([
      `/design/${job.main}`, "-o", output, "--backend=Manifold", "--export-format", format, "-p", "/values.json", "-P", "job",
    ]);
  } catch (error) {
    status = typeof error === "number" ? cppException(memory) : String(error?.message ?? error).slice(0, 1000);
  }
  let bytes = null;
  if (status === 0) {
    try {
      bytes = FS.readFile(output);
    } catch {
      // no output: the log says why
    }
  }
  return { status, log, output: bytes };
}
