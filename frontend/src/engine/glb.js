// Reads the binary glTF that our own server writes: one mesh, one primitive, in metres or millimetres as its node says.

const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const COMPONENTS = { 5121: Uint8Array, 5123: Uint16Array, 5125: Uint32Array, 5126: Float32Array };

/**
 * @param {ArrayBuffer} data
 * @returns {import("./off.js").Surface} in the units and axes of the node's content (see `glb.write_glb`)
 */
export function readGlb(data) {
  const view = new DataView(data);
  if (view.getUint32(0, true) !== 0x46546c67) throw new Error("not a binary glTF file");
  let at = 12;
  /** @type {any} */
  let scene = null;
  let binaryStart = 0;
  while (at < data.byteLength) {
    const length = view.getUint32(at, true);
    const kind = view.getUint32(at + 4, true);
    if (kind === JSON_CHUNK) scene = JSON.parse(new TextDecoder().decode(new Uint8Array(data, at + 8, length)));
    if (kind === BINARY_CHUNK) binaryStart = at + 8;
    at += 8 + length;
  }
  const primitive = scene.meshes[0].primitives[0];
  const positions = accessor(scene, primitive.attributes.POSITION, data, binaryStart);
  const triangles = accessor(scene, primitive.indices, data, binaryStart);
  return { positions: Float32Array.from(positions), triangles: Uint32Array.from(triangles) };
}

function accessor(/** @type {any} */ scene, /** @type {number} */ index, /** @type {ArrayBuffer} */ data, /** @type {number} */ start) {
  const { bufferView, byteOffset = 0, componentType, count, type } = scene.accessors[index];
  const { byteOffset: viewOffset = 0 } = scene.bufferViews[bufferView];
  const Kind = COMPONENTS[/** @type {keyof typeof COMPONENTS} */ (componentType)];
  const bytes = data.slice(start + viewOffset + byteOffset);
  return new Kind(bytes, 0, count * (type === "VEC3" ? 3 : 1));
}
