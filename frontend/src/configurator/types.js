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
 * @property {{name: string, mm: number}} [shown_unit] where the region does not read millimetres
 * @property {{name: string, standard: string, options: {label: string, mm: number}[]}} [sizes] where it measures a body
 * @property {{low: number, high: number, prints: number} | null} [printed] between which values good prints lie
 * @property {"color" | "font" | "file" | null} [widget] what the design's author asks for
 * @property {boolean} derived set by the server, not shown
 * @property {Record<string, Value[]>} [only_with] it matters only while each of these has one of the values, or anything where there are none
 * @property {{value: Value, label: string}[]} options
 */
/**
 * @typedef {object} Design
 * @property {string} hash
 * @property {string} source
 * @property {string} draft_source the same with coarser curves, for while a slider moves
 * @property {{path: string, base64: string}[]} files
 * @property {Parameter[]} parameters
 * @property {{name: string, label: string, values: Values}[]} presets
 */
/** @typedef {{id: string, name: string, note: string, colour: string}} Material */
/**
 * @typedef {object} Setup
 * @property {string} slug
 * @property {string} title
 * @property {Design} design
 * @property {Material[]} materials
 * @property {{name: string, reason: string}[]} [withheld] materials that are not offered for this part here
 * @property {Record<string, string>} texts
 * @property {{worker: string, glue: string, wasm: string} | null} engine null where the server draws
 * @property {{quotes: string, fonts: string, checkout: string, prices?: string, ask?: string, sheet?: string, size_card?: string}} urls
 * @property {string | null} glb the mesh of the initial values; null until the shop made it once
 */
/** @typedef {{code?: string, message: string, help: string, data?: Record<string, any>}} Refusal what is wrong and what would help */
/** @typedef {{label: string, amount_minor: number}} QuoteLine */
/**
 * @typedef {object} Quote
 * @property {QuoteLine[]} lines
 * @property {number} price_minor
 * @property {{price_minor: number}} low
 * @property {{price_minor: number}} high
 * @property {string} currency
 * @property {number} time_s
 * @property {{at: string, low: string, high: string}} ready
 */
/** @typedef {{code: string, severity: "blocking" | "warning", message: string, help: string, where: number[][]}} Finding */
/**
 * @typedef {object} Answer
 * @property {string} id of the quote
 * @property {boolean} orderable
 * @property {Quote | null} quote
 * @property {Refusal | null} refusal
 * @property {{elapsed_s: number, limit_s: number, ahead: number} | null} building how far a shape is that takes long to build
 * @property {Finding[]} findings
 * @property {{glb?: string, png?: string}} files
 * @property {string | null} part_hash
 * @property {string | null} maker
 * @property {{id: string, total_minor: number, ready: {at: string}}[]} [ways] the same for who may wait
 * @property {Record<string, Value>} values what the server understood
 */

export {};
