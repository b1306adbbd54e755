// The form: generated from the template's parameters, in its groups.
import { h } from "../dom.js";
import { makeField } from "./fields.js";

/** @typedef {import("./types.js").Parameter} Parameter */

export class Form {
  /**
   * @param {Parameter[]} parameters
   * @param {{language: string, texts: Record<string, string>, report: (name: string, value: import("./types.js").Value, final: boolean) => void}} tools
   */
  constructor(parameters, { language, texts, report }) {
    /** @type {Map<string, import("./fields.js").Field>} */
    this.fields = new Map();
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    for (const parameter of parameters.filter(({ derived }) => !derived)) {
      const field = makeField(parameter, { language, texts, report: (value, final) => report(parameter.name, value, final) });
      this.fields.set(parameter.name, field);
      groups.set(parameter.group, [...(groups.get(parameter.group) ?? []), field.element]);
    }
    this.elements = [...groups].map(([name, fields]) =>
      h("section", { class: "field-group" }, name && groups.size > 1 ? h("h3", {}, name) : null, ...fields),
    );
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
    return name !== null && this.fields.has(name);
  }
}
