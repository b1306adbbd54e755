// Reads the OFF text that OpenSCAD writes into the arrays that the viewer draws.

/**
 * @typedef {object} Surface
 * @property {Float32Array} positions three numbers per corner, mm
 * @property {Uint32Array} triangles three corners per triangle
 */

/**
 * Read an OFF file; faces with more than three corners become fans.
 * @param {string} text
 * @returns {Surface}
 */
export function readOff(text) {
  const numbers = new NumberReader(text, text.startsWith("OFF") ? 3 : 0);
  const vertexCount = numbers.next();
  const faceCount = numbers.next();
  numbers.next();
  const positions = new Float32Array(vertexCount * 3);
  for (let i = 0; i < positions.length; i += 1) positions[i] = numbers.next();
  /** @type {number[]} */
  const triangles = [];
  for (let face = 0; face < faceCount; face += 1) {
    const corners = numbers.next();
    const first = numbers.next();
    let previous = numbers.next();
    for (let corner = 2; corner < corners; corner += 1) {
      const current = numbers.next();
      triangles.push(first, previous, current);
      previous = current;
    }
    numbers.skipLine(); // a colour may follow
  }
  return { positions, triangles: Uint32Array.from(triangles) };
}

class NumberReader {
  /** @param {string} text @param {number} start */
  constructor(text, start) {
    this.text = text;
    this.at = start;
  }

  next() {
    const { text } = this;
    let start = this.at;
    while (start < text.length && text.charCodeAt(start) <= 32) start += 1;
    let end = start;
    while (end < text.length && text.charCodeAt(end) > 32) end += 1;
    if (start === end) throw new Error("the shape ends in the middle");
    this.at = end;
    return Number(text.slice(start, end));
  }

  skipLine() {
    const end = this.text.indexOf("\n", this.at);
    this.at = end < 0 ? this.text.length : end;
  }
}
