// The form: generated from the template's parameters, in its groups.
import { h } from "../dom.js";
import { makeField } from "./fields.js";
import { matters } from "./state.js";

/** @typedef {import("./types.js").Parameter} Parameter */

/** How many groups show their fields at first; the others show their names. */
const OPEN_GROUPS = 2;

export class Form {
  /**
   * @param {Parameter[]} parameters
   * @param {{language: string, texts: Record<string, string>, sizeCard?: string, report: (name: string, value: import("./types.js").Value, final: boolean) => void}} tools
   */
  constructor(parameters, { language, texts, sizeCard, report }) {
    this.parameters = parameters;
    /** @type {import("./types.js").Values} */
    this.values = Object.fromEntries(parameters.map(({ name, initial }) => [name, initial]));
    /** @type {Map<string, import("./fields.js").Field>} */
    this.fields = new Map();
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    for (const parameter of parameters.filter(({ derived }) => !derived)) {
      const changed = (/** @type {import("./types.js").Value} */ value, /** @type {boolean} */ final) => {
        this.values[parameter.name] = value;
        this.leaveOut();
        report(parameter.name, value, final);
      };
      const field = makeField(parameter, { language, texts, sizeCard, report: changed });
      this.fields.set(parameter.name, field);
      groups.set(parameter.group, [...(groups.get(parameter.group) ?? []), field.element]);
    }
    this.elements = [...groups].map(([name, fields], index) => {
      if (!name || groups.size === 1) return h("section", { class: "field-group" }, ...fields);
      return h("details", { class: "field-group", open: index < OPEN_GROUPS }, h("summary", {}, h("h2", {}, name)), ...fields);
    });
    this.leaveOut();
  }

  /** Hide the fields that have no effect with the other values, and groups in which nothing is left. */
  leaveOut() {
    for (const parameter of this.parameters) {
      const field = this.fields.get(parameter.name);
      if (field) field.element.hidden = !matters(parameter, this.values);
    }
    for (const group of this.elements) group.hidden = [...group.children].every((child) => child.tagName === "SUMMARY" || /** @type {HTMLElement} */ (child).hidden);
  }

  /** @param {import("./types.js").Values} values */
  show(values) {
    for (const [name, field] of this.fields) {
      if (name in values) field.show(values[name]);
    }
    Object.assign(this.values, values);
    this.leaveOut();
  }

  /** Say at one field what is wrong with it; clears the others. @param {string | null} name @param {string} message */
  complain(name, message) {
    for (const [other, field] of this.fields) field.complain(other === name ? message : null);
    const field = name === null ? undefined : this.fields.get(name);
    const group = field?.element.closest("details");
    group?.setAttribute("open", "");
    for (const element of [group, field?.element]) if (element) element.hidden = false; // what is complained of is seen
    return field !== undefined;
  }
}
