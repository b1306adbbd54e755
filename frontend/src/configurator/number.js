// The field of a number: a box and a slider that say the same, in the region's unit, with its size where it has one.
import { freshId, h } from "../dom.js";
import { fill, formatNumber } from "../format.js";
import { fromShown, sizeOf, toShown, unitOf } from "./units.js";

/** @typedef {import("./types.js").Parameter} Parameter */
/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./fields.js").Tools} Tools */
/** @typedef {import("./fields.js").Frame} Frame */

const SLIDER_STEPS = 200;

export function numberField(/** @type {Parameter} */ parameter, /** @type {Tools} */ tools, /** @type {Frame} */ frame) {
  const { min, max } = parameter;
  const { language, texts, report } = tools;
  const unit = unitOf(parameter, language);
  const step = parameter.step ?? (min !== null && max !== null ? (max - min) / SLIDER_STEPS : 1);
  let value = Number(parameter.initial);
  const shown = (/** @type {number | null} */ limit) => (limit === null ? null : toShown(parameter, limit));
  const bounds = { min: shown(min), max: shown(max), step: parameter.shown_unit ? "any" : (parameter.step ?? "any") };
  const box = h("input", { id: frame.id, type: "number", inputmode: "decimal", "aria-describedby": frame.describedBy, ...bounds });
  const slider = min !== null && max !== null && h("input", { type: "range", "data-name": parameter.name, min, max, step, "aria-label": parameter.label, "aria-describedby": frame.describedBy });
  const sizes = parameter.sizes && sizeChoice(parameter, tools, (mm) => { show(mm); report(mm, true); });
  const complain = frame.complain([box]);
  const follow = () => {
    frame.hint.textContent = hintFor(parameter, value, tools);
    frame.hint.hidden = frame.hint.textContent === "";
    sizes?.show(value);
    if (slider) slider.setAttribute("aria-valuetext", `${formatNumber(language, toShown(parameter, value), 3)} ${unit}`.trim());
  };
  const show = (/** @type {Value} */ now) => {
    value = Number(now);
    box.value = String(toShown(parameter, value));
    if (slider) slider.value = String(value);
    follow();
  };
  const take = (/** @type {number} */ next, /** @type {boolean} */ final) => {
    if (Number.isNaN(next) || (min !== null && next < min) || (max !== null && next > max)) {
      complain(numberComplaint(parameter, texts, language));
      return;
    }
    complain(null);
    value = next;
    follow();
    report(value, final);
  };
  const typed = (/** @type {boolean} */ final) => {
    take(fromShown(parameter, box.valueAsNumber, value), final);
    if (slider) slider.value = String(value);
  };
  const slid = (/** @type {boolean} */ final) => {
    take(slider ? slider.valueAsNumber : value, final);
    box.value = String(toShown(parameter, value));
  };
  box.addEventListener("input", () => typed(false));
  box.addEventListener("change", () => typed(true));
  if (slider) {
    slider.addEventListener("input", () => slid(false));
    slider.addEventListener("change", () => slid(true));
  }
  const boxed = h("span", { class: "number-box" }, box, unit && h("span", { class: "unit", "aria-hidden": "true" }, unit));
  const label = h("label", { for: frame.id }, parameter.label, unit && h("span", { class: "visually-hidden" }, ` (${unit})`));
  const head = h("div", { class: "field-head" }, label, frame.badge, boxed);
  return { element: h("div", { class: "field" }, head, slider, sizes?.element, ...frame.below), show, complain };
}

/** What is known of a value: whether anybody printed it so, and whether it is usual. */
function hintFor(/** @type {Parameter} */ parameter, /** @type {number} */ value, /** @type {Tools} */ { language, texts }) {
  const { soft_min: low, soft_max: high, printed } = parameter;
  const words = (/** @type {number} */ number) => formatNumber(language, toShown(parameter, number), 3);
  const unit = unitOf(parameter, language);
  if (printed && value > printed.high) return fill(texts.beyond_printed, { high: words(printed.high), unit });
  if (printed && value < printed.low) return fill(texts.below_printed, { low: words(printed.low), unit });
  const outside = (low !== null && value < low) || (high !== null && value > high);
  if (!outside) return "";
  return fill(texts.outside_usual, { low: words(low ?? parameter.min ?? 0), high: words(high ?? parameter.max ?? 0), unit });
}

/** Sizes of the region's system, beside the measure itself. */
function sizeChoice(/** @type {Parameter} */ parameter, /** @type {Tools} */ { texts }, /** @type {(mm: number) => void} */ choose) {
  const sizes = /** @type {NonNullable<Parameter["sizes"]>} */ (parameter.sizes);
  const offered = sizes.options.filter(({ mm }) => (parameter.min === null || mm >= parameter.min) && (parameter.max === null || mm <= parameter.max));
  const id = freshId("size");
  const none = h("option", { value: "" }, texts.no_size);
  const select = h("select", { id }, none, ...offered.map(({ label, mm }) => h("option", { value: mm }, label)));
  select.addEventListener("change", () => select.value && choose(Number(select.value)));
  const show = (/** @type {number} */ mm) => {
    const size = sizeOf(sizes, mm);
    select.value = size && offered.includes(size) ? String(size.mm) : "";
  };
  return { element: h("div", { class: "size-row" }, h("label", { for: id, title: sizes.standard }, sizes.name), select), show };
}

/** What is allowed, in words. */
export function numberComplaint(/** @type {Parameter} */ parameter, /** @type {Record<string, string>} */ texts, /** @type {string} */ language) {
  const { min, max } = parameter;
  if (min === null && max === null) return texts.not_a_number;
  const show = (/** @type {number | null} */ value) => (value === null ? "…" : formatNumber(language, toShown(parameter, value), 3));
  return fill(texts.out_of_range, { min: show(min), max: show(max), unit: unitOf(parameter, language) });
}
