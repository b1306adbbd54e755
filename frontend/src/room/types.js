// The shapes of what the server sends to a room.

/**
 * @typedef {object} Snapshot the room as one side sees it at one moment
 * @property {number} number of the newest event
 * @property {number} latest number of the newest revision
 * @property {string} state
 * @property {import("../configurator/types.js").Values} values of the newest revision
 * @property {string} material
 * @property {number} quantity
 * @property {number | null} price_minor
 * @property {string} currency
 * @property {string | null} glb
 * @property {boolean} may_shape
 * @property {import("../viewer/pins.js").Pin[]} pins
 * @property {{state: string, talk: string}} regions markup
 */
/** @typedef {import("../configurator/types.js").Setup & {snapshot: Snapshot, urls: {room: string}}} RoomSetup */

export {};
