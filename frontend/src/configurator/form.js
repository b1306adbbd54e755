// The form: generated from the template's parameters, in its groups.
import { h } from "../dom.js";
import { makeField } from "./fields.js";

/** @typedef {import("./types.js").Parameter} Parameter */

/** How many groups show their fields at first; the others show their names. */
const OPEN_GROUPS = 2;

export class Form {
  /**
   * @param {Parameter[]} parameters
   * @param {{language: string, texts: Record<string, string>, sizeCard?: string, report: (name: string, value: import("./types.js").Value, final: boolean) => void}} tools
   */
  constructor(parameters, { language, texts, sizeCard, report }) {
    /** @type {Map<string, import("./fields.js").Field>} */
    this.fields = new Map();
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    for (const parameter of parameters.filter(({ derived }) => !derived)) {
      const field = makeField(parameter, { language, texts, sizeCard, report: (value, final) => report(parameter.name, value, final) });
      this.fields.set(parameter.name, field);
      groups.set(parameter.group, [...(groups.get(parameter.group) ?? []), field.element]);
    }
    this.elements = [...groups].map(([name, fields], index) => {
      if (!name || groups.size === 1) return h("section", { class: "field-group" }, ...fields);
      return h("details", { class: "field-group", open: index < OPEN_GROUPS }, h("summary", {}, h("h2", {}, name)), ...fields);
    });
  }

  /** @param {import("./types.js").Values} values */
  show(values) {
    for (const [name, field] of this.fields) {
      if (name in values) field.show(values[name]);
    }
  }

  /** Say at one field what is wrong with it; clears the others. @param {string | null} name @param {string} message */
  complain(name, message) {
    for (const [other, field] of this.fields) field.complain(other === name ? message : null);
    const field = name === null ? undefined : this.fields.get(name);
    field?.element.closest("details")?.setAttribute("open", "");
    return field !== undefined;
  }
}
