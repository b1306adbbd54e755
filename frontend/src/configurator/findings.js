// What the shop noticed about the part: in words beside the price, and as numbered marks on the part itself.
import { h } from "../dom.js";
import { fill } from "../format.js";

/** @typedef {import("./types.js").Finding} Finding */

/** Marks of one finding on the part; more would hide what they point at. */
const MOST_MARKS = 3;

export class Findings {
  /** @param {Record<string, string>} texts @param {import("./stage.js").Stage} stage */
  constructor(texts, stage) {
    this.texts = texts;
    this.stage = stage;
    /** @type {import("../viewer/pins.js").Pins | null} */
    this.pins = null;
    /** @type {Finding[]} */
    this.shown = [];
    this.element = h("div", { class: "findings", "aria-label": texts.findings, role: "region", hidden: true });
  }

  /** The part can be drawn now, so the marks can be set. */
  async open() {
    if (!this.stage.viewer) return;
    const { Pins } = await import("../viewer/pins.js");
    this.pins = new Pins(this.stage.viewer, {
      label: ({ number, text }) => fill(this.texts.finding_mark, { number, text }),
      open: ({ number }) => this.element.children[number - 1]?.focus(),
    });
    this.show(this.shown);
  }

  /** @param {Finding[]} findings */
  show(findings) {
    this.shown = findings;
    this.element.replaceChildren(...findings.map((finding, index) => this.makeRow(finding, index + 1)));
    this.element.hidden = findings.length === 0;
    this.pins?.show(
      findings.flatMap(({ where, severity, message }, index) =>
        where.slice(0, MOST_MARKS).map((point, at) => ({ id: `${index}-${at}`, number: index + 1, point, text: message, kind: severity })),
      ),
    );
  }

  /** The part changed: the old places mean nothing on it. */
  clearMarks() {
    this.pins?.show([]);
  }

  /** @param {Finding} finding @param {number} number */
  makeRow({ severity, message, help, where }, number) {
    const look = where.length > 0 && h("button", { type: "button", class: "quiet", onclick: () => this.stage.viewer?.face(where[0]) }, this.texts.finding_show);
    return h(
      "div", { class: `finding ${severity}`, tabindex: -1 },
      h("p", {}, where.length > 0 && h("span", { class: `pin-number ${severity}`, "aria-hidden": "true" }, String(number)), message),
      help ? h("p", { class: "help" }, help) : null, look,
    );
  }
}
