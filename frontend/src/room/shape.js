// The form that shapes the design in a room: its values become a proposal or the next revision.
import { h } from "../dom.js";
import { fill, formatMoney } from "../format.js";
import { makeField } from "../configurator/fields.js";
import { Form } from "../configurator/form.js";
import { Preview } from "../configurator/preview.js";
import { Price } from "../configurator/price.js";
import { changes } from "../configurator/state.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */

const MOST_PIECES = 1000;

export class Shape {
  /**
   * @param {import("./types.js").RoomSetup} setup
   * @param {string} language
   * @param {{mesh: (mesh: any, draft: boolean) => void, send: (action: string, fields: FormData) => Promise<boolean>, say: (message: string, goesOn?: boolean) => void}} out
   */
  constructor(setup, language, out) {
    this.setup = setup;
    this.language = language;
    this.out = out;
    /** @type {Snapshot} */
    this.base = setup.snapshot;
    this.values = { ...this.base.values };
    this.material = this.base.material;
    this.quantity = this.base.quantity;
    /** @type {string | undefined} the shape of what was priced last */
    this.pricedGlb = undefined;
    const { design, texts } = setup;
    this.form = new Form(design.parameters, { language, texts, report: (name, value, final) => this.change(name, value, final) });
    this.preview = new Preview(setup, { show: out.mesh, failed: out.say, takesLong: () => out.say(texts.drawing, true) });
    this.price = new Price(setup, language, (answer) => this.priced(answer), (error) => this.refused(error));
    this.materials = this.makeMaterials();
    this.count = h("input", { type: "number", id: "room-quantity", min: 1, max: MOST_PIECES, step: 1, value: this.quantity });
    this.count.addEventListener("change", () => this.counted());
    this.note = h("textarea", { id: "room-note", rows: 2, maxlength: 2000, dir: "auto" });
    this.difference = h("p", { class: "fine", role: "status" });
    this.newer = h("p", { class: "notice warn", role: "status", hidden: true }, texts.newer);
    this.propose = h("button", { type: "button", class: "button primary", "data-propose": "", onclick: () => this.send("propose", this.propose) }, texts.propose);
    this.revise = h("button", { type: "button", class: "button", "data-revise": "", onclick: () => this.send("revise", this.revise) }, texts.revise);
    this.back = h("button", { type: "button", class: "quiet", onclick: () => this.show(this.base, true) }, texts.as_agreed);
    const quantity = h("div", { class: "field" }, h("label", { for: "room-quantity" }, texts.quantity), this.count);
    const note = h("div", { class: "field" }, h("label", { for: "room-note" }, texts.note), this.note);
    const buttons = h("div", { class: "job-actions" }, this.propose, this.revise, this.back);
    this.element = h(
      "div", { class: "room-form" }, this.newer,
      h("div", { class: "options" }, ...this.form.elements, h("section", { class: "field-group" }, this.materials.element, quantity)),
      h("div", { class: "buy" }, this.price.element, this.difference, note, buttons),
    );
  }

  makeMaterials() {
    const { materials, texts } = this.setup;
    /** @type {any} */
    const parameter = { name: "material", type: "string", label: texts.material, help: "", unit: null, origin: "chosen", initial: this.material, options: materials.map(({ id, name }) => ({ value: id, label: name })) };
    return makeField(parameter, {
      language: this.language, texts,
      report: (value) => {
        this.material = String(value);
        this.changed();
      },
    });
  }

  /** The server's mesh first; then the engine, so that changes are drawn at once. */
  async open() {
    const { glb } = this.base;
    if (glb) await this.preview.showServerMesh(glb).catch(() => {});
    await this.preview.warmUp();
    this.element.dataset.engine = this.preview.broken ? "server" : "browser";
    this.showPriced(); // the price may have come before it was known that nothing is drawn here
  }

  /** Take over what the room says; what somebody is shaping here stays. @param {Snapshot} snapshot @param {boolean} [anew] */
  show(snapshot, anew = false) {
    const moved = snapshot.latest !== this.base.latest;
    const own = this.isChanged();
    this.base = snapshot;
    this.newer.hidden = !(moved && own) || anew;
    if (anew || (moved && !own)) {
      this.values = { ...snapshot.values };
      this.material = snapshot.material;
      this.quantity = snapshot.quantity;
      this.form.show(this.values);
      this.materials.show(this.material);
      this.count.value = String(this.quantity);
      if (snapshot.glb) this.preview.showServerMesh(snapshot.glb).catch(() => {});
      this.ask();
    }
    this.showButtons();
  }

  /** @param {string} name @param {import("../configurator/types.js").Value} value @param {boolean} final */
  change(name, value, final) {
    this.values = { ...this.values, [name]: value };
    this.form.complain(null, "");
    this.preview.update(this.values, final);
    this.changed();
  }

  counted() {
    const count = this.count.valueAsNumber;
    const good = Number.isInteger(count) && count >= 1 && count <= MOST_PIECES;
    this.count.toggleAttribute("aria-invalid", !good);
    if (!good) return;
    this.quantity = count;
    this.changed();
  }

  changed() {
    this.ask();
    this.showButtons();
  }

  isChanged() {
    return Object.keys(this.own()).length > 0 || this.material !== this.base.material || this.quantity !== this.base.quantity;
  }

  /** What differs from the newest revision. */
  own() {
    const shown = this.setup.design.parameters.filter(({ derived }) => !derived).map(({ name }) => [name, this.values[name]]);
    return changes(this.base.values, Object.fromEntries(shown));
  }

  showButtons() {
    const idle = !this.isChanged() || this.busy === true;
    this.propose.disabled = idle;
    this.revise.disabled = idle;
    this.back.disabled = !this.isChanged();
  }

  ask() {
    this.difference.textContent = "";
    this.pricedGlb = undefined;
    const values = Object.fromEntries(this.setup.design.parameters.filter(({ derived }) => !derived).map(({ name }) => [name, this.values[name]]));
    this.price.ask({ product: this.setup.slug, values, material: this.material, quantity: this.quantity });
  }

  /** @param {import("../configurator/types.js").Answer} answer */
  priced(answer) {
    this.pricedGlb = answer.files.glb;
    this.showPriced();
    const { texts } = this.setup;
    const { price_minor: before, currency } = this.base;
    if (!answer.quote || before === null || !this.isChanged()) return;
    const moved = answer.quote.price_minor - before;
    const amount = formatMoney(this.language, moved, currency, "always");
    this.difference.textContent = moved === 0 ? texts.no_difference : fill(texts.difference, { amount });
  }

  /** Show the shape that came with the price, where the shop draws. */
  showPriced() {
    if (this.element.dataset.engine === "server" && this.pricedGlb) this.preview.showServerMesh(this.pricedGlb).catch(() => {});
  }

  /** @param {{message: string, data?: Record<string, any>}} error */
  refused(error) {
    const name = error.data?.parameter ?? error.data?.parameters?.[0] ?? null;
    if (name) this.form.complain(name, error.message);
  }

  /** @param {"propose" | "revise"} action @param {HTMLElement} button */
  async send(action, button) {
    if (this.busy) return;
    this.busy = true;
    this.showButtons();
    const words = button.textContent;
    button.textContent = this.setup.texts.sending;
    // the same change sent again after a broken answer is the same deed
    const content = JSON.stringify([action, this.base.latest, this.own(), this.material, this.quantity, this.note.value]);
    if (content !== this.sentContent) {
      this.sentContent = content;
      this.sentKey = crypto.getRandomValues(new Uint32Array(4)).join("-");
    }
    const fields = new FormData();
    fields.set("key", this.sentKey ?? "");
    fields.set("based_on", String(this.base.latest));
    fields.set("values", JSON.stringify(action === "revise" ? { ...this.base.values, ...this.own() } : this.own()));
    fields.set("material", this.material);
    fields.set("quantity", String(this.quantity));
    fields.set("note", this.note.value);
    const done = await this.out.send(action, fields);
    this.busy = false;
    button.textContent = words;
    if (done) {
      this.note.value = "";
      this.show(this.base, true);
    }
    this.showButtons();
  }

  close() {
    this.preview.close();
  }
}
