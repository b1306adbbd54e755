// Reads the lines of a print as `glocal.production.gcode_preview.pack_paths` writes them.

/**
 * @typedef {{kinds: string[], box_mm: number[], z_mm: number[], starts: number[], positions: Float32Array, kind: Uint8Array}} Lines
 */

const MAGIC = 0x314c4c47; // "GLL1"
const STEPS = 65_535;

/** @param {ArrayBuffer} packed @returns {Lines} two points in mm for each line, z from its layer */
export function readLines(packed) {
  const view = new DataView(packed);
  if (packed.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("these are no lines of a print");
  const size = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 8, size)));
  const count = header.starts[header.starts.length - 1];
  const steps = new Uint16Array(packed, 8 + size, 4 * count);
  const kind = new Uint8Array(packed, 8 + size + 8 * count, count);
  const [left, front, right, back] = header.box_mm;
  const positions = new Float32Array(6 * count);
  for (let layer = 0; layer + 1 < header.starts.length; layer += 1) {
    const z = header.z_mm[layer];
    for (let line = header.starts[layer]; line < header.starts[layer + 1]; line += 1) {
      for (let end = 0; end < 2; end += 1) {
        positions[6 * line + 3 * end] = left + ((right - left) * steps[4 * line + 2 * end]) / STEPS;
        positions[6 * line + 3 * end + 1] = front + ((back - front) * steps[4 * line + 2 * end + 1]) / STEPS;
        positions[6 * line + 3 * end + 2] = z;
      }
    }
  }
  return { ...header, positions, kind };
}
