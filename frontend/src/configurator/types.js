// The shapes of what the server sends; written once, for the checker of types and for the reader.

/** @typedef {import("./state.js").Value} Value */
/** @typedef {import("./state.js").Values} Values */
/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {"number" | "string" | "boolean"} type
 * @property {string} group
 * @property {string} label
 * @property {string} help
 * @property {string | null} unit
 * @property {"measured" | "chosen"} origin
 * @property {Value} initial
 * @property {number | null} min
 * @property {number | null} max
 * @property {number | null} step
 * @property {number | null} max_length
 * @property {number | null} soft_min
 * @property {number | null} soft_max
 * @property {boolean} derived set by the server, not shown
 * @property {{value: Value, label: string}[]} options
 */
/**
 * @typedef {object} Design
 * @property {string} hash
 * @property {string} source
 * @property {{path: string, base64: string}[]} files
 * @property {Parameter[]} parameters
 * @property {{name: string, values: Values}[]} presets
 */
/** @typedef {{id: string, name: string, note: string, colour: string}} Material */
/**
 * @typedef {object} Setup
 * @property {string} slug
 * @property {string} title
 * @property {Design} design
 * @property {Material[]} materials
 * @property {Record<string, string>} texts
 * @property {{worker: string, glue: string, wasm: string}} engine
 * @property {{quotes: string, fonts: string, checkout: string}} urls
 * @property {string} glb the mesh of the initial values
 */
/**
 * @typedef {object} QuoteLine
 * @property {string} label
 * @property {number} amount_minor
 */
/**
 * @typedef {object} Quote
 * @property {QuoteLine[]} lines
 * @property {number} total_minor
 * @property {number} low_minor
 * @property {number} high_minor
 * @property {number} tax_minor
 * @property {string} currency
 * @property {string} ready_at
 * @property {number} print_s
 * @property {string} method
 */
/** @typedef {{code: string, severity: "blocking" | "warning", message: string, help: string, where: number[][]}} Finding */
/**
 * @typedef {object} Answer
 * @property {string | null} id of the quote; null when it is refused
 * @property {Quote | null} quote
 * @property {{message: string, help: string} | null} refusal
 * @property {Finding[]} findings
 * @property {string} glb
 * @property {Record<string, Value>} values what the server understood
 */

export {};
