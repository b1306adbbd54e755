// <glocal-configurator setup="ID">: the customer shapes the product. ID names the JSON that the server put into the page.
import { h, pageData } from "../dom.js";
import { Effects } from "./effects.js";
import { makeField } from "./fields.js";
import { Findings } from "./findings.js";
import { Form } from "./form.js";
import { Preview } from "./preview.js";
import { Price } from "./price.js";
import { Snapshots } from "./snapshots.js";
import { Stage } from "./stage.js";
import { changes, Configuration, matters } from "./state.js";
import { addressOf, forget, fromAddress, recall, remember } from "./storage.js";
import { valueInWords } from "./words.js";

/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./types.js").Answer} Answer */

class Configurator extends HTMLElement {
  connectedCallback() {
    if (this.started) return;
    this.started = true;
    /** @type {import("./types.js").Setup} */
    this.setup = pageData(this.getAttribute("setup") ?? "");
    this.language = document.documentElement.lang || "en";
    this.build();
    this.restore();
    this.showValues();
    this.open();
  }

  disconnectedCallback() {
    this.preview?.close();
    this.stage?.close();
    this.effects?.close();
  }

  build() {
    const { setup, language } = this;
    const { design, texts, materials } = setup;
    this.configuration = new Configuration(Object.fromEntries(design.parameters.map(({ name, initial }) => [name, initial])));
    this.material = materials[0].id;
    this.answer = /** @type {Answer | null} */ (null);
    this.stage = new Stage(setup, language, this.querySelector("img"));
    this.form = new Form(design.parameters, { language, texts, sizeCard: setup.urls.size_card, report: (name, value, final) => this.change(name, value, final) });
    this.price = new Price(setup, language, (answer) => this.showAnswer(answer), (error) => this.showError(error));
    this.preview = new Preview(setup, {
      show: (mesh, draft) => this.showMesh(mesh, draft),
      failed: (message) => this.stage?.say(message),
      takesLong: () => this.takeShopsShape() || this.stage?.say(texts.drawing, true),
    });
    this.findings = new Findings(texts, this.stage);
    this.snapshots = new Snapshots(setup, language, {
      current: () => ({ values: this.changed(), material: this.material }),
      use: ({ values, material }) => this.use(values, material),
    });
    this.order = h("a", { class: "button primary order", role: "button", "aria-disabled": "true" }, texts.order);
    const side = h(
      "div", { class: "options" }, this.makePresets(), ...this.form.elements, this.makeMaterials(), this.makeActions(), this.snapshots.element,
    );
    this.effects = this.makeEffects();
    this.askShop = h("a", { class: "button", "data-ask": "" }, texts.ask_shop);
    this.download = h("a", { class: "quiet-link", download: "", hidden: true }, texts.download);
    this.sheet = h("a", { class: "quiet-link", target: "_blank", rel: "noopener", hidden: true }, texts.sheet);
    const buy = h("div", { class: "buy" }, this.price.element, this.findings.element, this.order, this.askShop, this.sheet, this.download);
    this.replaceChildren(this.stage.element, side, buy);
    this.dataset.state = "loading";
  }

  makePresets() {
    const { design, texts } = this.setup;
    if (design.presets.length === 0) return null;
    const chips = design.presets.map(({ label, values }) =>
      h("button", { type: "button", class: "chip-button", onclick: () => this.apply({ ...this.configuration.initial, ...values }) }, label),
    );
    return h("section", { class: "field-group presets", "aria-label": texts.presets }, h("h2", {}, texts.presets), h("div", { class: "chip-row" }, ...chips));
  }

  makeMaterials() {
    const { materials, texts } = this.setup;
    const options = materials.map(({ id, name }) => ({ value: id, label: name }));
    const note = h("p", { class: "field-help" });
    /** @type {any} */
    const parameter = { name: "material", type: "string", label: texts.material, help: "", unit: null, origin: "chosen", initial: this.material, options };
    const field = makeField(parameter, {
      language: this.language, texts,
      report: (value) => {
        this.material = String(value);
        showNote();
        this.ask();
      },
    });
    this.materialField = { ...field, show: (/** @type {import("./types.js").Value} */ value) => { field.show(value); showNote(); } };
    const showNote = () => {
      const chosen = materials.find(({ id }) => id === this.material);
      note.textContent = chosen?.note ?? "";
      this.stage?.paint(chosen?.colour ?? "");
    };
    field.show(this.material);
    showNote();
    field.element.append(note);
    const { withheld = [] } = this.setup;
    const why = withheld.map(({ name, reason }) => h("li", {}, h("strong", {}, name), ": ", reason));
    const not = why.length > 0 && h("details", { class: "withheld" }, h("summary", {}, texts.withheld), h("ul", {}, ...why));
    return h("section", { class: "field-group" }, field.element, not);
  }

  makeActions() {
    const { texts } = this.setup;
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) => h("button", { type: "button", class: "quiet", onclick }, text);
    this.undo = button(texts.undo, () => this.step(() => this.configuration.undo()));
    this.redo = button(texts.redo, () => this.step(() => this.configuration.redo()));
    this.reset = button(texts.reset, () => this.step(() => this.configuration.reset()));
    const share = button(texts.share, () => this.share());
    this.shared = h("span", { class: "shared", role: "status" });
    return h("div", { class: "actions", role: "group", "aria-label": texts.history }, this.undo, this.redo, this.reset, share, this.shared);
  }

  /** The fields that show at each option what it does to the price. */
  makeEffects() {
    const { design, materials } = this.setup;
    /** @type {Map<string, import("./types.js").Value[]>} */
    const choices = new Map([["material", materials.map(({ id }) => id)]]);
    for (const { name, type, options, derived } of design.parameters) {
      if (derived) continue;
      if (options.length > 0) choices.set(name, options.map(({ value }) => value));
      else if (type === "boolean") choices.set(name, [false, true]);
    }
    const fields = new Map([...this.form.fields, ["material", this.materialField]]);
    const effects = new Effects(this.setup, this.language, { fields, choices });
    this.addEventListener("toggle", () => effects.more(), true);
    return effects;
  }

  /** Begin with what the address asks for, or with what was left here last time. */
  restore() {
    const { design, slug } = this.setup;
    const wanted = fromAddress(location.search, design.parameters) ?? recall(localStorage, slug, design.hash);
    if (wanted) this.configuration.merge(wanted);
    this.configuration.past = [];
  }

  /** Picture first, then the price, then the engine: in the order in which the customer can use them. */
  async open() {
    const { glb } = this.setup;
    const asOffered = glb !== null && Object.keys(this.changed()).length === 0;
    this.ask();
    const drawn = this.stage?.open();
    if (asOffered) await this.preview?.showServerMesh(glb).catch(() => {});
    if (await drawn) await this.findings.open();
    const own = await this.preview?.warmUp();
    this.dataset.engine = own ? "browser" : "server";
    if (asOffered) return;
    if (own) this.preview?.update(this.configuration.values, true);
    else this.takeShopsShape(); // the price may have come before it was known that nothing is drawn here
  }

  /** @param {string} name @param {import("./types.js").Value} value @param {boolean} final */
  change(name, value, final) {
    const changed = this.configuration.set(name, value, name);
    if (final) this.configuration.closeStep();
    if (!changed && !final) return;
    this.refresh(final);
  }

  /** @param {Values} values */
  apply(values) {
    this.step(() => this.configuration.merge(values));
  }

  /** Take over a design that was kept. @param {Values} values @param {string} material */
  use(values, material) {
    this.material = this.setup.materials.some(({ id }) => id === material) ? material : this.material;
    this.materialField.show(this.material);
    if (!this.configuration.merge({ ...this.configuration.initial, ...values })) this.ask();
    else {
      this.showValues();
      this.refresh(true);
    }
  }

  /** @param {() => boolean} change */
  step(change) {
    if (!change()) return;
    this.showValues();
    this.refresh(true);
  }

  /** @param {boolean} final */
  refresh(final) {
    this.form.complain(null, "");
    const drawn = this.preview?.update(this.configuration.values, final);
    this.dataset.state = "changing";
    this.ask(final ? undefined : drawn);
    remember(localStorage, this.setup.slug, this.setup.design.hash, this.changed());
    this.showHistory();
  }

  /** @param {Promise<void>} [drawn] the shape that goes before the price */
  ask(drawn) {
    this.answer = null;
    this.order.setAttribute("aria-disabled", "true");
    this.order.removeAttribute("href");
    this.download.hidden = this.sheet.hidden = true;
    this.effects.clear();
    this.findings.clearMarks();
    const asked = new URLSearchParams({ values: JSON.stringify(this.changed()), material: this.material });
    this.askShop.href = `${this.setup.urls.ask}?${asked}`;
    this.price?.ask({ product: this.setup.slug, values: this.shownValues(), material: this.material }, drawn);
  }

  shownValues() {
    const shown = this.setup.design.parameters.filter(({ derived }) => !derived).map(({ name }) => [name, this.configuration.values[name]]);
    return Object.fromEntries(shown);
  }

  changed() {
    return changes(this.configuration.initial, this.configuration.values);
  }

  showValues() {
    this.form.show(this.configuration.values);
    this.showHistory();
  }

  showHistory() {
    this.undo.disabled = !this.configuration.canUndo;
    this.redo.disabled = !this.configuration.canRedo;
    this.reset.disabled = Object.keys(this.changed()).length === 0;
  }

  /** @param {any} mesh @param {boolean} draft */
  showMesh(mesh, draft) {
    this.stage?.show(mesh, draft);
    this.stage?.describe(this.summary());
    this.dispatchEvent(new CustomEvent("glocal-mesh", { bubbles: true, detail: { draft, ms: mesh.ms ?? null, triangles: mesh.triangles ?? null } }));
  }

  /** The values in words. */
  summary() {
    const { design } = this.setup;
    return design.parameters
      .filter((parameter) => !parameter.derived && matters(parameter, this.configuration.values))
      .map((parameter) => `${parameter.label}: ${valueInWords(this.language, parameter, this.configuration.values[parameter.name], this.setup.texts)}`)
      .join("; ");
  }

  /** @param {Answer} answer */
  showAnswer(answer) {
    this.answer = answer;
    if (this.stage) this.stage.price.textContent = this.price?.total.textContent ?? "";
    this.dataset.state = answer.quote ? "priced" : "refused";
    if (answer.orderable) {
      this.order.href = this.setup.urls.checkout.replace("QUOTE", answer.id);
      this.order.setAttribute("aria-disabled", "false");
    }
    this.findings.show(answer.findings);
    if (answer.files["3mf"]) this.download.href = answer.files["3mf"];
    this.download.hidden = !answer.files["3mf"];
    const { sheet = "" } = this.setup.urls;
    if (answer.part_hash) this.sheet.href = sheet.replace("PART", answer.part_hash);
    this.sheet.hidden = !answer.part_hash || !sheet;
    if (answer.quote) this.effects.begin({ values: this.shownValues(), material: this.material, price_minor: answer.quote.price_minor, currency: answer.quote.currency });
    if (this.preview?.takesLong || this.dataset.engine === "server") this.takeShopsShape();
    this.dispatchEvent(new CustomEvent("glocal-price", { bubbles: true, detail: { minor: answer.quote?.price_minor ?? null } }));
  }

  /** Show the shape that came with the price instead of drawing it. @returns {boolean} whether one came for these values */
  takeShopsShape() {
    const { answer } = this;
    const glb = answer?.files.glb;
    if (!glb) return false;
    this.preview?.giveUp();
    this.preview?.showServerMesh(glb).catch(() => {
      if (this.answer !== answer) return;
      answer.files = {}; // it does not come: drawing takes long, but ends
      this.preview?.update(this.configuration.values, true);
    });
    return true;
  }

  /** @param {import("./types.js").Refusal} error */
  showError(error) {
    this.dataset.state = "refused";
    if (error.code === "design_loops" && this.preview?.takesLong) {
      this.preview.giveUp();
      this.stage?.say("");
    }
    const name = error.data?.parameter ?? error.data?.parameters?.[0] ?? null;
    if (name) this.form.complain(name, error.message);
  }

  async share() {
    const address = addressOf(location.href, this.changed());
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      this.shared.textContent = this.setup.texts.link_copied;
    } catch {
      this.shared.textContent = this.setup.texts.link_in_address;
    }
  }

  /** Forget what was left here: called by the order page's link "start anew". */
  forget() {
    forget(localStorage, this.setup.slug);
  }
}

customElements.define("glocal-configurator", Configurator);
