// <glocal-room setup="ID">: customer and shop in one room. The server makes the conversation's markup; the component
// keeps it fresh, draws the part with its pins, and offers the form that shapes the design.
import { h, pageData } from "../dom.js";
import { fill } from "../format.js";
import { Stage } from "../configurator/stage.js";
import { Shape } from "./shape.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */

class Room extends HTMLElement {
  connectedCallback() {
    if (this.started) return;
    this.started = true;
    /** @type {import("./types.js").RoomSetup} */
    this.setup = pageData(this.getAttribute("setup") ?? "");
    this.language = document.documentElement.lang || "en";
    /** @type {Snapshot} */
    this.now = this.setup.snapshot;
    /** @type {import("../viewer/pins.js").Pins | null} */
    this.pins = null;
    /** @type {Promise<void> | null} */
    this.asking = null;
    this.connection = this.find("connection");
    this.problem = this.find("problem");
    this.openStage();
    this.openShape();
    this.addEventListener("submit", (event) => this.send(event));
    this.openComposer();
    this.listen();
    document.addEventListener("visibilitychange", () => this.saw());
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.source?.close();
    this.stage?.close();
    this.shape?.close();
  }

  /** @param {string} name @returns {any} */
  find(name) {
    return this.querySelector(`[data-${name}]`);
  }

  async openStage() {
    const place = this.find("stage");
    const stage = new Stage(this.setup, this.language, place.querySelector("img"));
    this.stage = stage;
    place.replaceWith(stage.element);
    if (!(await stage.open()) || !stage.viewer) return;
    const { Pins } = await import("../viewer/pins.js");
    const { texts } = this.setup;
    this.pins = new Pins(stage.viewer, {
      label: ({ number, text }) => fill(texts.pin, { number, text }),
      open: ({ id }) => this.showComment(id),
      chosen: (point) => this.pinned(point),
      missed: () => this.sayPin(texts.point_missed),
    });
    this.pins.show(this.now.pins);
    const button = this.find("pin");
    if (button) button.hidden = false;
  }

  openShape() {
    const shape = new Shape(this.setup, this.language, {
      mesh: (mesh, draft) => this.stage?.show(mesh, draft),
      send: (action, fields) => this.post(action, fields),
      say: (message, goesOn) => this.stage?.say(message, goesOn),
    });
    this.shape = shape;
    this.find("shape").append(shape.element);
    this.find("shape").hidden = !this.now.may_shape;
    shape.show(this.now, true);
    shape.open();
  }

  openComposer() {
    const form = this.find("composer");
    const button = this.find("pin");
    if (!form || !button) return;
    this.freshKey(form);
    button.addEventListener("click", () => {
      if (form.elements.point.value) {
        this.pinned(null);
        return;
      }
      this.sayPin(this.setup.texts.point_how);
      this.pins?.aim(this.setup.texts.point_how);
    });
  }

  /** @param {number[] | null} point on the part, or none any more */
  pinned(point) {
    const form = this.find("composer");
    form.elements.point.value = point ? JSON.stringify(point) : "";
    form.elements.parameter.disabled = point !== null;
    this.find("pin").setAttribute("aria-pressed", String(point !== null));
    this.sayPin(point ? this.setup.texts.point_chosen : "");
    this.pins?.stop();
    form.elements.text.focus();
  }

  /** @param {string} message */
  sayPin(message) {
    this.find("pin-state").textContent = message;
  }

  /** @param {string} id of the comment behind a pin */
  showComment(id) {
    const button = this.querySelector(`#settle-${CSS.escape(id)}`);
    const row = /** @type {HTMLElement | null} */ (button?.closest("li") ?? null);
    if (!row) return;
    row.setAttribute("tabindex", "-1");
    row.focus();
    row.scrollIntoView({ block: "center" });
  }

  /** @param {HTMLFormElement} form a second sending of the same text must be the same deed, another text another */
  freshKey(form) {
    const key = /** @type {any} */ (form.elements.namedItem("key"));
    if (key) key.value = freshKey();
  }

  /** @param {Event} event */
  async send(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-act], [data-composer]")) return;
    event.preventDefault();
    if (form.dataset.busy !== undefined) return;
    form.dataset.busy = "";
    const action = form.action.replace(/\/$/, "").split("/").at(-1) ?? "";
    const done = await this.post(action, new FormData(form));
    delete form.dataset.busy;
    if (!done || !form.querySelector("textarea")) return;
    form.reset();
    this.freshKey(form);
    if (form.matches("[data-composer]")) {
      this.pinned(null);
    }
  }

  /** @param {string} action @param {FormData} fields @returns {Promise<boolean>} whether it was done */
  async post(action, fields) {
    const token = /** @type {HTMLInputElement} */ (this.querySelector("input[name=csrfmiddlewaretoken]")).value;
    try {
      const response = await fetch(`${this.setup.urls.room}do/${action}/`, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token },
        body: fields,
      });
      const answer = await response.json();
      if (response.ok) {
        this.complain(null);
        this.show(answer);
        return true;
      }
      this.complain(answer.error);
      if (answer.error.code === "overtaken") await this.refresh();
    } catch {
      this.complain({ message: this.setup.texts.no_connection, help: this.setup.texts.try_again });
    }
    return false;
  }

  /** @param {{message: string, help: string} | null} error */
  complain(error) {
    this.problem.hidden = error === null;
    this.problem.replaceChildren(...(error ? [h("p", {}, error.message), error.help ? h("p", {}, error.help) : ""] : []));
    if (error) this.problem.scrollIntoView({ block: "nearest" });
  }

  listen() {
    const { texts, urls } = this.setup;
    this.source = new EventSource(`${urls.room}events/?after=${this.now.number}`);
    this.source.addEventListener("open", () => this.live(true, texts.live));
    this.source.addEventListener("error", () => this.live(false, texts.lost));
    this.source.addEventListener("news", async (event) => {
      const news = JSON.parse(/** @type {MessageEvent} */ (event).data);
      if (news.number > this.now.number) await this.refresh();
      // said when it is there to be seen: who acts on the news acts on the newest version
      if (!news.mine) this.connection.textContent = fill(texts.news, { text: news.text });
    });
  }

  /** @param {boolean} yes @param {string} words */
  live(yes, words) {
    this.toggleAttribute("data-live", yes);
    this.connection.textContent = words;
  }

  /** Ask for the room as it is now; news that come meanwhile are one more question, not many. */
  refresh() {
    if (this.asking) this.again = true;
    else this.asking = this.ask().finally(() => { this.asking = null; });
    return this.asking;
  }

  async ask() {
    do {
      this.again = false;
      try {
        const response = await fetch(`${this.setup.urls.room}parts/`, { headers: { Accept: "application/json" } });
        if (response.ok) this.show(await response.json());
      } catch {
        // the stream says that the connection is lost, and asks again
      }
    } while (this.again);
  }

  /** @param {Snapshot} snapshot */
  show(snapshot) {
    if (snapshot.number < this.now.number) return;
    this.now = snapshot;
    for (const [name, markup] of Object.entries(snapshot.regions)) this.swap(name, markup);
    this.pins?.show(snapshot.pins);
    this.shape?.show(snapshot);
    this.find("shape").hidden = !snapshot.may_shape;
    this.dataset.number = String(snapshot.number);
    this.saw();
  }

  /** Put new markup in place; the focus stays where it was. @param {string} name @param {string} markup */
  swap(name, markup) {
    const region = /** @type {HTMLElement} */ (this.querySelector(`[data-region=${name}]`));
    const focused = region.contains(document.activeElement) ? document.activeElement?.id : null;
    region.replaceChildren(...new DOMParser().parseFromString(markup, "text/html").body.childNodes);
    if (focused !== null) {
      const again = /** @type {HTMLElement | null} */ (focused ? region.querySelector(`#${CSS.escape(focused)}`) : null);
      const heading = region.querySelector("h2, li:last-child");
      heading?.setAttribute("tabindex", "-1");
      (again ?? /** @type {HTMLElement | null} */ (heading))?.focus({ preventScroll: true });
    }
  }

  /** Say that the newest is on a screen that somebody looks at. */
  saw() {
    const { number } = this.now;
    if (document.visibilityState !== "visible" || number === this.seen) return;
    this.seen = number;
    const token = /** @type {HTMLInputElement} */ (this.querySelector("input[name=csrfmiddlewaretoken]")).value;
    const body = new FormData();
    body.set("number", String(number));
    fetch(`${this.setup.urls.room}do/seen/`, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, body, keepalive: true }).catch(() => {});
  }
}

/** @returns {string} a name for one deed */
export function freshKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

customElements.define("glocal-room", Room);

