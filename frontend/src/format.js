// Numbers, money and dates as the customer's language writes them, with Latin digits so that they match the server's.

/** @param {string} language */
const tag = (language) => `${language}-u-nu-latn`;

/** @param {string} language @param {number} value @param {number} [digits] */
export function formatNumber(language, value, digits = 2) {
  return new Intl.NumberFormat(tag(language), { maximumFractionDigits: digits }).format(value);
}

/**
 * @param {string} language
 * @param {number} minor a sum in minor units
 * @param {string} currency ISO 4217
 * @param {"auto" | "always"} [signDisplay] `always` for a difference
 */
export function formatMoney(language, minor, currency, signDisplay = "auto") {
  const format = new Intl.NumberFormat(tag(language), { style: "currency", currency, signDisplay });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits).replace("-", "−"); // as wide as the plus
}

/** @param {string} language @param {string} iso an instant @returns {string} the day and hour in the reader's time zone */
export function formatInstant(language, iso) {
  const style = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(tag(language), /** @type {any} */ (style)).format(new Date(iso));
}

/** @param {string} language @param {string} iso an instant @returns {string} the day alone */
export function formatDay(language, iso) {
  const style = { weekday: "long", day: "numeric", month: "long" };
  return new Intl.DateTimeFormat(tag(language), /** @type {any} */ (style)).format(new Date(iso));
}

/** @param {string} language @param {number} seconds @returns {string} "1 hr 20 min" in the language */
export function formatDuration(language, seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const unit = (/** @type {number} */ value, /** @type {string} */ name) =>
    new Intl.NumberFormat(tag(language), { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  if (minutes < 60) return unit(minutes, "minute");
  const hours = unit(Math.floor(minutes / 60), "hour");
  return minutes % 60 ? `${hours} ${unit(minutes % 60, "minute")}` : hours;
}

/** @param {string} language @param {number} celsius @returns {string} "215°C" in the language */
export function formatTemperature(language, celsius) {
  return new Intl.NumberFormat(tag(language), { style: "unit", unit: "celsius", maximumFractionDigits: 0 }).format(celsius);
}

/** Fill `{name}` in a text. @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
