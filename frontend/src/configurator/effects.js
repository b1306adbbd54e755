// What each option would do to the price: asked in one go when the customer rests, shown at the option, dropped when overtaken.
import { formatMoney } from "../format.js";

/** @typedef {import("./types.js").Value} Value */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./fields.js").Effect} Effect */
/** @typedef {{field: string, index: number, change: {values?: Values, material?: string}}} Question */
/** @typedef {{price_minor: number | null, refusal: {code: string, message: string} | null}} Known */

const REST_MS = 1500;
/** Of one field; a longer list would take the engine away from the price itself. */
const MOST_OPTIONS = 12;
const MOST_AT_ONCE = 40;

export class Effects {
  /**
   * @param {import("./types.js").Setup} setup
   * @param {string} language
   * @param {{fields: Map<string, import("./fields.js").Field>, choices: Map<string, Value[]>}} form
   *   what can show prices: the fields by parameter (and `material`), and the options of each
   */
  constructor(setup, language, { fields, choices }) {
    this.setup = setup;
    this.language = language;
    this.fields = fields;
    this.choices = choices;
    this.visit = crypto.getRandomValues(new Uint32Array(4)).join("-");
    /** @type {Map<string, Known>} */
    this.known = new Map();
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {{values: Values, material: string, price_minor: number, currency: string} | null} */
    this.base = null;
  }

  /** The configuration changes: nothing that was shown is true any more. */
  clear() {
    clearTimeout(this.timer);
    if (this.asking) this.stop();
    if (this.base) for (const name of this.choices.keys()) this.fields.get(name)?.price?.([]);
    this.base = null;
  }

  /** Let the server give up what nobody waits for any more: a question without changes ends the older one. */
  stop() {
    this.asking?.abort();
    this.asking = null;
    this.send({ values: {}, material: "", variants: [] }).catch(() => {});
  }

  /** @param {object} question @param {AbortSignal} [signal] */
  send(question, signal) {
    return fetch(this.setup.urls.prices ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": this.language },
      body: JSON.stringify({ product: this.setup.slug, visit: this.visit, ...question }),
      signal,
      keepalive: !signal,
    });
  }

  /** Show what is known already, and ask for the rest after a rest. @param {NonNullable<Effects["base"]>} base */
  begin(base) {
    this.clear();
    this.base = base;
    this.show();
    this.timer = setTimeout(() => this.ask(), REST_MS);
  }

  /** Ask anew, since a group of fields was opened. */
  more() {
    if (!this.base || this.asking) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 0);
  }

  async ask() {
    const { base } = this;
    const open = this.questions().filter((question) => this.isVisible(question) && !this.known.has(this.key(question)));
    if (!base || open.length === 0) return;
    const batch = open.slice(0, MOST_AT_ONCE);
    const asking = new AbortController();
    this.asking = asking;
    try {
      const variants = batch.map(({ change }) => change);
      const response = await this.send({ values: base.values, material: base.material, variants }, asking.signal);
      if (!response.ok) return;
      const { prices } = await response.json();
      const answered = batch.filter((question, index) => this.learn(question, prices[index]));
      this.show();
      if (answered.length > 0) this.timer = setTimeout(() => this.ask(), 0);
    } catch {
      // overtaken, or the connection is gone: the options stay without a price
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }

  /** @param {Question} question @param {Known} price @returns {boolean} whether that is an answer */
  learn(question, price) {
    if (price.refusal?.code === "not_yet") return false;
    this.known.set(this.key(question), price);
    return true;
  }

  /** One question for each option that is not the chosen one. @returns {Question[]} */
  questions() {
    const { base } = this;
    if (!base) return [];
    return [...this.choices].flatMap(([field, options]) => {
      if (options.length > MOST_OPTIONS) return [];
      const chosen = field === "material" ? base.material : base.values[field];
      return options.flatMap((value, index) => {
        if (value === chosen) return [];
        return [{ field, index, change: field === "material" ? { material: String(value) } : { values: { [field]: value } } }];
      });
    });
  }

  /** @param {Question} question */
  isVisible({ field }) {
    const element = this.fields.get(field)?.element;
    return element !== undefined && element.getClientRects().length > 0;
  }

  /** @param {Question} question */
  key({ change }) {
    return JSON.stringify([this.base?.values, this.base?.material, change]);
  }

  show() {
    /** @type {Map<string, Effect[]>} */
    const effects = new Map();
    for (const question of this.questions()) {
      const known = this.known.get(this.key(question));
      if (!known) continue;
      const row = effects.get(question.field) ?? [];
      row[question.index] = this.inWords(known);
      effects.set(question.field, row);
    }
    for (const [name, row] of effects) this.fields.get(name)?.price?.(row);
  }

  /** @param {Known} known @returns {Effect} */
  inWords({ price_minor, refusal }) {
    const { texts } = this.setup;
    if (price_minor === null || !this.base) {
      if (refusal?.code === "needs_slicer") return { short: texts.effect_exact_short, long: texts.effect_exact };
      return { short: texts.effect_not_short, long: refusal?.message ?? "" };
    }
    const difference = price_minor - this.base.price_minor;
    if (difference === 0) return { short: "±0", long: texts.effect_same };
    const text = formatMoney(this.language, difference, this.base.currency, "always");
    return { short: text, long: text };
  }

  close() {
    this.clear();
  }
}
