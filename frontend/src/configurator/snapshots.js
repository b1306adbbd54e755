// Designs that the customer keeps by a name on this device, and two of them side by side.
import { freshId, h } from "../dom.js";
import { fill, formatDay, formatDuration, formatMoney } from "../format.js";
import { same } from "./state.js";
import { keepSnapshots, recallSnapshots } from "./storage.js";
import { valueInWords } from "./words.js";

/** @typedef {import("./types.js").Values} Values */
/** @typedef {{name: string, values: Values, material: string}} Snapshot only what differs from the product as offered */

const MOST = 12;
/** How soon it is asked again about a shape that takes long to build. */
const ASK_AGAIN_MS = 1000;
const MOST_CHARACTERS = 40;

export class Snapshots {
  /**
   * @param {import("./types.js").Setup} setup
   * @param {string} language
   * @param {{current: () => Omit<Snapshot, "name">, use: (snapshot: Snapshot) => void}} host
   */
  constructor(setup, language, host) {
    this.setup = setup;
    this.language = language;
    this.host = host;
    /** @type {Snapshot[]} */
    this.kept = recallSnapshots(localStorage, setup.slug, setup.design.hash);
    /** @type {string[]} the names of what shall be compared, the newest choice last; "" is the current design */
    this.chosen = [];
    const { texts } = setup;
    const id = freshId("keep");
    this.name = h("input", { id, type: "text", maxlength: MOST_CHARACTERS, dir: "auto", autocomplete: "off" });
    const form = h("form", { class: "keep-form", onsubmit: (/** @type {Event} */ event) => this.keep(event) }, h("label", { for: id }, texts.keep_as), this.name, h("button", { class: "button" }, texts.keep));
    this.list = h("ul", { class: "kept" });
    this.said = h("p", { class: "shared", role: "status" });
    this.compare = h("button", { type: "button", class: "button", onclick: () => this.open() }, texts.compare);
    this.dialog = h("dialog", { class: "compare", "aria-label": texts.compare });
    this.element = h("details", { class: "field-group snapshots" }, h("summary", {}, h("h2", {}, texts.kept)), form, this.said, this.list, this.compare, this.dialog);
    this.show();
  }

  /** @param {Event} event */
  keep(event) {
    event.preventDefault();
    const { texts } = this.setup;
    const name = this.name.value.trim() || fill(texts.kept_number, { number: this.kept.length + 1 });
    const others = this.kept.filter((one) => one.name !== name);
    if (others.length >= MOST) {
      this.said.textContent = fill(texts.kept_full, { most: MOST });
      return;
    }
    this.kept = [...others, { name, ...this.host.current() }];
    this.name.value = "";
    this.said.textContent = fill(texts.kept_now, { name });
    this.choose(name, true);
    this.store();
  }

  store() {
    keepSnapshots(localStorage, this.setup.slug, this.setup.design.hash, this.kept);
    this.show();
  }

  /** @param {string} name @param {boolean} yes */
  choose(name, yes) {
    this.chosen = [...this.chosen.filter((other) => other !== name), ...(yes ? [name] : [])].slice(-2);
  }

  show() {
    const { texts } = this.setup;
    const box = (/** @type {string} */ name) =>
      h("input", { type: "checkbox", checked: this.chosen.includes(name), "aria-label": fill(texts.compare_this, { name: name || texts.current }), onchange: (/** @type {any} */ event) => { this.choose(name, event.target.checked); this.show(); } });
    const row = (/** @type {Snapshot} */ snapshot) => {
      const named = (/** @type {string} */ words) => ({ type: "button", class: "quiet", "aria-label": `${words}: ${snapshot.name}` });
      return h(
        "li", {}, box(snapshot.name), h("span", { dir: "auto" }, snapshot.name),
        h("button", { ...named(texts.kept_use), onclick: () => this.host.use(snapshot) }, texts.kept_use),
        h("button", { ...named(texts.kept_remove), onclick: () => this.remove(snapshot.name) }, texts.kept_remove),
      );
    };
    const focused = this.list.contains(document.activeElement) ? [...this.list.querySelectorAll("input, button")].indexOf(document.activeElement) : -1;
    this.list.replaceChildren(h("li", {}, box(""), h("span", {}, texts.current)), ...this.kept.map(row));
    if (focused >= 0) this.list.querySelectorAll("input, button")[focused]?.focus();
    this.list.hidden = this.kept.length === 0;
    this.compare.hidden = this.kept.length === 0;
    this.compare.disabled = this.chosen.length !== 2;
  }

  /** @param {string} name */
  remove(name) {
    this.kept = this.kept.filter((one) => one.name !== name);
    this.choose(name, false);
    this.store();
    this.name.focus();
  }

  /** @param {string} name @returns {Snapshot} */
  named(name) {
    const { texts } = this.setup;
    return this.kept.find((one) => one.name === name) ?? { name: texts.current, ...this.host.current() };
  }

  async open() {
    const { texts } = this.setup;
    const pair = this.chosen.map((name) => this.named(name));
    const close = h("button", { type: "button", class: "button", onclick: () => this.dialog.close() }, texts.close);
    this.dialog.replaceChildren(h("h2", {}, texts.compare), h("p", { role: "status" }, texts.working_out), close);
    this.dialog.showModal();
    const answers = await Promise.all(pair.map((snapshot) => this.ask(snapshot)));
    const head = h("tr", {}, h("td", {}), ...pair.map(({ name }) => h("th", { scope: "col", dir: "auto" }, name)));
    const table = h("table", {}, h("thead", {}, head), h("tbody", {}, ...this.offers(pair, answers), ...this.differences(pair)));
    this.dialog.replaceChildren(h("h2", {}, texts.compare), h("div", { class: "wide-table", tabindex: 0 }, table), close);
  }

  /** @param {Snapshot} snapshot @returns {Promise<any>} the shop's answer, or its error */
  async ask({ values, material }) {
    const { texts, urls, slug } = this.setup;
    const body = JSON.stringify({ product: slug, values: this.shown(values), material, wait: false });
    try {
      for (;;) {
        const response = await fetch(urls.quotes, { method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": this.language }, body });
        const answer = await response.json();
        if (!response.ok) return { files: {}, refusal: answer.error };
        if (!answer.building || !this.dialog.open) return answer;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
    } catch {
      return { files: {}, refusal: { message: texts.no_connection } };
    }
  }

  /** @param {Snapshot[]} pair @param {any[]} answers */
  offers(pair, answers) {
    const { texts, materials } = this.setup;
    const row = (/** @type {string} */ label, /** @type {(answer: any, snapshot: Snapshot) => any} */ cell) =>
      h("tr", {}, h("th", { scope: "row" }, label), ...answers.map((answer, index) => h("td", {}, cell(answer, pair[index]))));
    const quoted = (/** @type {(quote: any) => string} */ words) => (/** @type {any} */ { quote }) => (quote ? words(quote) : "—");
    return [
      row(texts.picture, ({ files }, { name }) => (files.png ? h("img", { src: files.png, alt: name, width: 320, height: 240 }) : "—")),
      row(texts.price, ({ quote, refusal }) => (quote ? formatMoney(this.language, quote.price_minor, quote.currency) : refusal?.code === "needs_slicer" ? texts.effect_exact : (refusal?.message ?? "—"))),
      row(texts.ready, quoted(({ ready }) => formatDay(this.language, ready.at))),
      row(texts.printing, quoted(({ time_s }) => formatDuration(this.language, time_s))),
      row(texts.material, (_, { material }) => materials.find(({ id }) => id === material)?.name ?? material),
    ];
  }

  /** Rows of the parameters in which the two differ. @param {Snapshot[]} pair */
  differences(pair) {
    const { design, texts } = this.setup;
    const [one, other] = pair.map(({ values }) => this.shown(values));
    const differing = design.parameters.filter(({ name, derived }) => !derived && !same(one[name], other[name]));
    const words = (/** @type {any} */ parameter, /** @type {Values} */ values) => valueInWords(this.language, parameter, values[parameter.name], texts) || "—";
    if (differing.length === 0) return [h("tr", {}, h("td", { colspan: 3 }, texts.no_difference_in_values))];
    return differing.map((parameter) =>
      h("tr", {}, h("th", { scope: "row" }, parameter.label), ...[one, other].map((values) => h("td", { dir: "auto" }, words(parameter, values)))),
    );
  }

  /** @param {Values} changed @returns {Values} every value that a customer may set */
  shown(changed) {
    return Object.fromEntries(this.setup.design.parameters.filter(({ derived }) => !derived).map(({ name, initial }) => [name, changed[name] ?? initial]));
  }
}
