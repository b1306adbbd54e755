// One field of the form for each kind of parameter. A field shows a value, reports changes, and says what is wrong.
import { freshId, h } from "../dom.js";
import { numberComplaint, numberField } from "./number.js";

const CHIPS_UP_TO = 5;
const HEX_COLOUR = /^#[0-9a-f]{6}$/i;

/** @typedef {import("./types.js").Parameter} Parameter */
/** @typedef {import("./types.js").Value} Value */
/** @typedef {(value: Value, final: boolean) => void} Report */
/**
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {(value: Value) => void} show
 * @property {(message: string | null) => void} complain
 * @property {(effects: Effect[]) => void} [price] say at each option what choosing it does to the price
 */
/** @typedef {{short: string, long: string} | null} Effect for one option: for the eye, and for the ear and the pointer */
/** @typedef {{language: string, texts: Record<string, string>, sizeCard?: string, report: Report}} Tools */

/** @param {Parameter} parameter @param {Tools} tools @returns {Field} */
export function makeField(parameter, tools) {
  const frame = makeFrame(parameter, tools);
  if (Array.isArray(parameter.initial)) return vectorField(parameter, tools, frame);
  if (parameter.options.length > CHIPS_UP_TO) return selectField(parameter, tools, frame);
  if (parameter.options.length > 0) return chipsField(parameter, tools, frame);
  if (parameter.type === "boolean") return switchField(parameter, tools, frame);
  if (parameter.widget === "color" && HEX_COLOUR.test(String(parameter.initial))) return colourField(parameter, tools, frame);
  if (parameter.type === "string") return textField(parameter, tools, frame);
  return numberField(parameter, tools, frame);
}

/** The parts that all fields share: label, help, hint (outside the usual range), complaint. */
function makeFrame(/** @type {Parameter} */ parameter, /** @type {Tools} */ { texts, sizeCard }) {
  const id = freshId(parameter.name);
  const measured = parameter.origin === "measured" && parameter.type === "number";
  const card = measured && parameter.unit === "mm" && sizeCard && h("a", { href: sizeCard, target: "_blank", rel: "noopener" }, texts.how_to_measure);
  const help = parameter.help || card ? h("p", { id: `${id}-help`, class: "field-help" }, h("bdi", {}, parameter.help), card && " ", card) : null;
  const hint = h("p", { id: `${id}-hint`, class: "field-hint", hidden: true });
  const error = h("p", { id: `${id}-error`, class: "field-error", hidden: true });
  const badge = measured ? h("span", { class: "badge" }, texts.measured) : null;
  const describedBy = [help && `${id}-help`, `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const complain = (/** @type {HTMLElement[]} */ inputs) => (/** @type {string | null} */ message) => {
    error.hidden = message === null;
    error.textContent = message ?? "";
    for (const input of inputs) {
      if (message === null) input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
    }
  };
  return { id, help, hint, error, badge, describedBy, complain, below: [help, hint, error] };
}

/** @typedef {ReturnType<typeof makeFrame>} Frame */

function textField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { texts, report }, /** @type {Frame} */ frame) {
  const limit = parameter.max_length;
  const input = h("input", { id: frame.id, type: "text", maxlength: limit, dir: "auto", autocomplete: "off", spellcheck: "false", "aria-describedby": frame.describedBy });
  const left = h("span", { class: "text-left", "aria-hidden": "true" });
  const count = () => {
    left.textContent = limit ? `${[...input.value].length}/${limit}` : "";
    left.title = texts.characters;
  };
  input.addEventListener("input", () => {
    count();
    report(input.value, false);
  });
  input.addEventListener("change", () => report(input.value, true));
  const show = (/** @type {Value} */ value) => {
    if (input.value !== value) input.value = String(value);
    count();
  };
  const head = h("div", { class: "field-head" }, h("label", { for: frame.id }, parameter.label), frame.badge, left);
  return { element: h("div", { class: "field" }, head, input, ...frame.below), show, complain: frame.complain([input]) };
}

/** A small text beside an option; empty until its price is known. */
function effectMark() {
  const eye = h("span", { "aria-hidden": "true" });
  const ear = h("span", { class: "visually-hidden" });
  const element = h("span", { class: "effect" }, eye, ear);
  const show = (/** @type {Effect} */ effect) => {
    eye.textContent = effect?.short ?? "";
    ear.textContent = effect ? ` (${effect.long})` : "";
    element.title = effect?.long ?? "";
  };
  return { element, show };
}

function colourField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { report }, /** @type {Frame} */ frame) {
  const input = h("input", { id: frame.id, type: "color", "aria-describedby": frame.describedBy });
  input.addEventListener("input", () => report(input.value, false));
  input.addEventListener("change", () => report(input.value, true));
  const show = (/** @type {Value} */ value) => {
    input.value = String(value);
  };
  const head = h("div", { class: "field-head" }, h("label", { for: frame.id }, parameter.label), frame.badge, input);
  return { element: h("div", { class: "field" }, head, ...frame.below), show, complain: frame.complain([input]) };
}

function switchField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { report }, /** @type {Frame} */ frame) {
  const mark = effectMark();
  const input = h("input", { id: frame.id, type: "checkbox", class: "switch", "aria-describedby": frame.describedBy });
  input.addEventListener("change", () => report(input.checked, true));
  const show = (/** @type {Value} */ value) => {
    input.checked = Boolean(value);
  };
  const head = h("div", { class: "field-head" }, h("label", { for: frame.id }, parameter.label, mark.element), frame.badge, input);
  const price = (/** @type {Effect[]} */ effects) => mark.show(effects[input.checked ? 0 : 1] ?? null);
  return { element: h("div", { class: "field" }, head, ...frame.below), show, complain: frame.complain([input]), price };
}

function selectField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { report }, /** @type {Frame} */ frame) {
  const options = parameter.options.map(({ label }, index) => h("option", { value: index }, label));
  const select = h("select", { id: frame.id, "aria-describedby": frame.describedBy }, ...options);
  select.addEventListener("change", () => report(parameter.options[Number(select.value)].value, true));
  const show = (/** @type {Value} */ value) => {
    select.value = String(parameter.options.findIndex((option) => option.value === value));
  };
  const price = (/** @type {Effect[]} */ effects) => {
    parameter.options.forEach(({ label }, index) => {
      const effect = effects[index];
      options[index].textContent = effect ? `${label} (${effect.short})` : label;
    });
  };
  const head = h("div", { class: "field-head" }, h("label", { for: frame.id }, parameter.label), frame.badge);
  return { element: h("div", { class: "field" }, head, select, ...frame.below), show, complain: frame.complain([select]), price };
}

function chipsField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { report }, /** @type {Frame} */ frame) {
  const inputs = parameter.options.map((_, index) => h("input", { type: "radio", name: frame.id, value: index }));
  const marks = parameter.options.map(effectMark);
  const chips = parameter.options.map(({ label }, index) => h("label", { class: "chip" }, inputs[index], h("span", {}, label, marks[index].element)));
  inputs.forEach((input, index) => input.addEventListener("change", () => report(parameter.options[index].value, true)));
  const show = (/** @type {Value} */ value) => {
    const chosen = parameter.options.findIndex((option) => option.value === value);
    inputs.forEach((input, index) => {
      input.checked = index === chosen;
    });
  };
  const legend = h("legend", {}, parameter.label, frame.badge);
  const group = h("fieldset", { class: "field chips", "aria-describedby": frame.describedBy }, legend, h("div", { class: "chip-row" }, ...chips), ...frame.below);
  const price = (/** @type {Effect[]} */ effects) => marks.forEach((mark, index) => mark.show(effects[index] ?? null));
  return { element: group, show, complain: frame.complain([group]), price };
}

function vectorField(/** @type {Parameter} */ parameter, /** @type {Tools} */ { texts, language, report }, /** @type {Frame} */ frame) {
  const { min, max } = parameter;
  const initial = /** @type {number[]} */ (parameter.initial);
  const axes = ["X", "Y", "Z", "W"];
  const boxes = initial.map((_, index) =>
    h("input", { type: "number", min, max, step: parameter.step ?? "any", "aria-label": axes[index] ?? String(index + 1), "aria-describedby": frame.describedBy }),
  );
  const complain = frame.complain(boxes);
  const take = (/** @type {boolean} */ final) => {
    const values = boxes.map((box) => box.valueAsNumber);
    const bad = values.some((value) => Number.isNaN(value) || (min !== null && value < min) || (max !== null && value > max));
    complain(bad ? numberComplaint(parameter, texts, language) : null);
    if (!bad) report(values, final);
  };
  boxes.forEach((box) => {
    box.addEventListener("input", () => take(false));
    box.addEventListener("change", () => take(true));
  });
  const show = (/** @type {Value} */ value) => {
    boxes.forEach((box, index) => {
      box.value = String(/** @type {number[]} */ (value)[index]);
    });
  };
  const legend = h("legend", {}, parameter.label, parameter.unit && ` (${parameter.unit})`, frame.badge);
  return { element: h("fieldset", { class: "field vector" }, legend, h("div", { class: "vector-row" }, ...boxes), ...frame.below), show, complain };
}
