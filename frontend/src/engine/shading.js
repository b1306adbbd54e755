// Turns a shape into what a graphics card draws: edges sharper than an angle stay sharp, the rest looks smooth.

const SMOOTH_BELOW_DEG = 35;

/**
 * @param {import("./off.js").Surface} surface
 * @returns {{positions: Float32Array, normals: Float32Array, edges: Float32Array}} three corners per triangle, not shared;
 *   edges as pairs of points
 */
export function shade({ positions, triangles }) {
  const count = triangles.length / 3;
  const faceNormals = new Float32Array(count * 3);
  for (let face = 0; face < count; face += 1) writeFaceNormal(positions, triangles, face, faceNormals);
  const around = facesAroundVertices(triangles, positions.length / 3);
  const limit = Math.cos((SMOOTH_BELOW_DEG * Math.PI) / 180);
  const outPositions = new Float32Array(triangles.length * 3);
  const outNormals = new Float32Array(triangles.length * 3);
  for (let corner = 0; corner < triangles.length; corner += 1) {
    const vertex = triangles[corner];
    outPositions.set(positions.subarray(vertex * 3, vertex * 3 + 3), corner * 3);
    writeCornerNormal(corner, vertex, around, faceNormals, limit, outNormals);
  }
  return { positions: outPositions, normals: outNormals, edges: sharpEdges(positions, triangles, faceNormals, limit) };
}

/** The lines where two faces meet at a sharp angle: they let the eye read the shape. */
function sharpEdges(
  /** @type {Float32Array} */ positions, /** @type {Uint32Array} */ triangles, /** @type {Float32Array} */ n, /** @type {number} */ limit,
) {
  const vertexCount = positions.length / 3;
  /** @type {Map<number, number>} the face that was seen first at an edge */
  const seen = new Map();
  /** @type {number[]} */
  const points = [];
  for (let corner = 0; corner < triangles.length; corner += 1) {
    const face = Math.floor(corner / 3);
    const from = triangles[corner];
    const to = triangles[face * 3 + ((corner + 1) % 3)];
    const key = Math.min(from, to) * vertexCount + Math.max(from, to);
    const other = seen.get(key);
    if (other === undefined) {
      seen.set(key, face);
    } else if (cosine(n, face * 3, other * 3) < limit) {
      points.push(...positions.subarray(from * 3, from * 3 + 3), ...positions.subarray(to * 3, to * 3 + 3));
    }
  }
  return Float32Array.from(points);
}

/** Of the angle between two faces. */
function cosine(/** @type {Float32Array} */ n, /** @type {number} */ a, /** @type {number} */ b) {
  const lengths = Math.hypot(n[a], n[a + 1], n[a + 2]) * Math.hypot(n[b], n[b + 1], n[b + 2]);
  return lengths === 0 ? 1 : (n[a] * n[b] + n[a + 1] * n[b + 1] + n[a + 2] * n[b + 2]) / lengths;
}

/** Twice the area times the unit normal, so that large faces weigh more. */
function writeFaceNormal(
  /** @type {Float32Array} */ p, /** @type {Uint32Array} */ t, /** @type {number} */ face, /** @type {Float32Array} */ out,
) {
  const a = t[face * 3] * 3;
  const b = t[face * 3 + 1] * 3;
  const c = t[face * 3 + 2] * 3;
  const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
  out[face * 3] = uy * vz - uz * vy;
  out[face * 3 + 1] = uz * vx - ux * vz;
  out[face * 3 + 2] = ux * vy - uy * vx;
}

/** Compressed rows: the faces around vertex v are `faces[starts[v] … starts[v + 1]]`. */
function facesAroundVertices(/** @type {Uint32Array} */ triangles, /** @type {number} */ vertexCount) {
  const starts = new Uint32Array(vertexCount + 1);
  for (const vertex of triangles) starts[vertex + 1] += 1;
  for (let v = 0; v < vertexCount; v += 1) starts[v + 1] += starts[v];
  const cursor = starts.slice(0, vertexCount);
  const faces = new Uint32Array(triangles.length);
  for (let corner = 0; corner < triangles.length; corner += 1) {
    const vertex = triangles[corner];
    faces[cursor[vertex]] = Math.floor(corner / 3);
    cursor[vertex] += 1;
  }
  return { starts, faces };
}

function writeCornerNormal(
  /** @type {number} */ corner, /** @type {number} */ vertex, /** @type {{starts: Uint32Array, faces: Uint32Array}} */ around,
  /** @type {Float32Array} */ n, /** @type {number} */ limit, /** @type {Float32Array} */ out,
) {
  const own = Math.floor(corner / 3) * 3;
  const ownLength = Math.hypot(n[own], n[own + 1], n[own + 2]) || 1;
  let x = 0, y = 0, z = 0;
  for (let i = around.starts[vertex]; i < around.starts[vertex + 1]; i += 1) {
    const other = around.faces[i] * 3;
    const length = Math.hypot(n[other], n[other + 1], n[other + 2]) || 1;
    const dot = n[own] * n[other] + n[own + 1] * n[other + 1] + n[own + 2] * n[other + 2];
    if (dot < limit * ownLength * length) continue;
    x += n[other];
    y += n[other + 1];
    z += n[other + 2];
  }
  const length = Math.hypot(x, y, z) || 1;
  out[corner * 3] = x / length;
  out[corner * 3 + 1] = y / length;
  out[corner * 3 + 2] = z / length;
}
