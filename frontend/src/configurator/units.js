// Lengths as the region writes them: millimetres inside, inches on the screen where people use those, and sizes.

/** @typedef {import("./types.js").Parameter} Parameter */

const PLACES = 1000;
const TENTHS = 10;

const NAMES = /** @type {Record<string, string>} */ ({ mm: "millimeter" });

/** @param {Parameter} parameter @param {string} [language] @returns {string} the unit that people read; empty for none */
export function unitOf({ shown_unit, unit }, language = "en") {
  const sign = shown_unit?.name ?? unit ?? "";
  if (!NAMES[sign]) return sign;
  const parts = new Intl.NumberFormat(language, { style: "unit", unit: NAMES[sign], unitDisplay: "short" }).formatToParts(2);
  return parts.find(({ type }) => type === "unit")?.value.trim() ?? sign;
}

/** @param {Parameter} parameter @param {number} value inside @returns {number} on the screen, to 0.001 */
export const toShown = ({ shown_unit }, value) => (shown_unit ? Math.floor((value / shown_unit.mm) * PLACES + 0.5) / PLACES : value);

/**
 * @param {Parameter} parameter @param {number} shown what stands in the box @param {number} before what it stood for
 * @returns {number} the value inside; what nobody touched stays to the last bit
 */
export function fromShown(parameter, shown, before) {
  if (!parameter.shown_unit) return shown;
  if (toShown(parameter, before) === shown) return before;
  return (Math.round(shown * PLACES) * Math.round(parameter.shown_unit.mm * TENTHS)) / (PLACES * TENTHS); // whole numbers: one rounding
}

/** @param {NonNullable<Parameter["sizes"]>} sizes @param {number} mm @returns {{label: string, mm: number} | null} the nearest; of two as near the larger */
export function sizeOf({ options }, mm) {
  const step = options.length > 1 ? options[1].mm - options[0].mm : 0;
  const found = options.reduce((best, one) => (Math.abs(one.mm - mm) <= Math.abs(best.mm - mm) + 1e-9 ? one : best));
  return Math.abs(found.mm - mm) <= step / 2 + 1e-9 ? found : null;
}
