// The customer's values, with undo and redo. Pure: no page, no network.

/** @typedef {number | boolean | string | number[]} Value */
/** @typedef {Record<string, Value>} Values */

const LIMIT = 200;

/**
 * Whether a parameter has an effect on the part, as far as its design says.
 * @param {{only_with?: Record<string, Value[]>}} parameter @param {Values} values
 */
export function matters({ only_with: others = {} }, values) {
  return Object.entries(others).every(([name, wanted]) => (wanted.length > 0 ? wanted.some((value) => same(value, values[name])) : Boolean(values[name])));
}

/** One customer's configuration: what is set now, what was before, what can come back. */
export class Configuration {
  /** @param {Values} initial */
  constructor(initial) {
    this.initial = Object.freeze({ ...initial });
    /** @type {Values} */
    this.values = { ...initial };
    /** @type {Values[]} */
    this.past = [];
    /** @type {Values[]} */
    this.future = [];
    /** @type {string | null} */
    this.openStep = null;
  }

  /**
   * Set one value. Changes with the same `step` (one drag of one slider) undo together.
   * @param {string} name @param {Value} value @param {string | null} [step]
   * @returns {boolean} whether anything changed
   */
  set(name, value, step = null) {
    return this.merge({ [name]: value }, step);
  }

  /** @param {Values} values @param {string | null} [step] @returns {boolean} whether anything changed */
  merge(values, step = null) {
    const known = Object.fromEntries(Object.entries(values).filter(([name]) => name in this.initial));
    if (Object.entries(known).every(([name, value]) => same(this.values[name], value))) return false;
    if (step === null || step !== this.openStep) {
      this.past = [...this.past, this.values].slice(-LIMIT);
      this.future = [];
    }
    this.openStep = step;
    this.values = { ...this.values, ...known };
    return true;
  }

  /** End a run of changes that undo together. */
  closeStep() {
    this.openStep = null;
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  /** @returns {boolean} whether there was anything to undo */
  undo() {
    const before = this.past.at(-1);
    if (!before) return false;
    this.future = [this.values, ...this.future];
    this.past = this.past.slice(0, -1);
    this.values = before;
    this.openStep = null;
    return true;
  }

  /** @returns {boolean} whether there was anything to redo */
  redo() {
    const after = this.future[0];
    if (!after) return false;
    this.past = [...this.past, this.values];
    this.future = this.future.slice(1);
    this.values = after;
    this.openStep = null;
    return true;
  }

  /** Go back to the product as it is offered; can be undone. */
  reset() {
    return this.merge(this.initial);
  }
}

/** @param {Value | undefined} a @param {Value} b */
export function same(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => x === b[i]);
  return a === b;
}

/** The values that differ from what the product offers. @param {Values} initial @param {Values} values @returns {Values} */
export function changes(initial, values) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(initial[name], value)));
}
