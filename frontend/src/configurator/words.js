// Values as people write them.
import { formatNumber } from "../format.js";
import { toShown, unitOf } from "./units.js";

/** @typedef {import("./types.js").Parameter} Parameter */

/** @param {string} language @param {Parameter} parameter @param {import("./types.js").Value} value @param {Record<string, string>} texts */
export function valueInWords(language, parameter, value, texts) {
  const { options } = parameter;
  const option = options.find((one) => one.value === value);
  if (option) return option.label;
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (Array.isArray(value)) return value.map((number) => formatNumber(language, number)).join(" × ");
  if (typeof value === "string") return value;
  return `${formatNumber(language, toShown(parameter, value), 3)} ${unitOf(parameter, language)}`.trim();
}
