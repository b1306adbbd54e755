// <glocal-order-progress src="…">: follows an order live by server-sent events; the browser reconnects by itself.
import { formatDuration, formatNumber, formatTemperature } from "../format.js";

class OrderProgress extends HTMLElement {
  connectedCallback() {
    this.language = document.documentElement.lang || "en";
    this.bar = /** @type {HTMLProgressElement | null} */ (this.querySelector("progress"));
    this.state = /** @type {HTMLElement | null} */ (this.querySelector("[data-state-text]"));
    this.detail = /** @type {HTMLElement | null} */ (this.querySelector("[data-detail]"));
    this.timeline = /** @type {HTMLElement | null} */ (this.querySelector("[data-timeline]"));
    this.cancel = /** @type {HTMLElement | null} */ (this.querySelector("[data-cancel]"));
    this.connection = /** @type {HTMLElement | null} */ (this.querySelector("[data-connection]"));
    this.source = new EventSource(this.getAttribute("src") ?? "");
    this.source.addEventListener("open", () => this.connected(true));
    this.source.addEventListener("error", () => this.connected(false));
    this.source.addEventListener("order", (event) => this.show(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    this.source.addEventListener("end", () => this.source?.close());
  }

  disconnectedCallback() {
    this.source?.close();
  }

  /** @param {boolean} yes */
  connected(yes) {
    this.toggleAttribute("data-live", yes);
    if (this.connection) this.connection.hidden = yes;
  }

  /** @param {{state: string, state_text: string, timeline: string, parts: string, can_cancel: boolean, printer: {progress: number | null, left_s: number | null, nozzle_c: number | null, text: string} | null}} order */
  show(order) {
    this.dataset.orderState = order.state;
    if (this.state && this.state.textContent !== order.state_text) this.state.textContent = order.state_text;
    if (this.timeline && order.timeline) this.tell(this.timeline, order.timeline);
    if (this.cancel) this.cancel.hidden = !order.can_cancel;
    if (order.parts !== this.dataset.parts) this.readAgain(order.parts);
    const { printer } = order;
    if (this.bar) {
      this.bar.hidden = !printer || printer.progress === null;
      if (printer && printer.progress !== null) this.bar.value = printer.progress;
    }
    if (this.detail) this.detail.textContent = printer ? this.printerInWords(printer) : "";
  }

  /** @param {HTMLElement} timeline @param {string} html its lines; what the reader unfolded stays so */
  tell(timeline, html) {
    const open = timeline.querySelector("details")?.open ?? false;
    timeline.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
    timeline.querySelector("details")?.toggleAttribute("open", open);
  }

  /**
   * Exchange the parts of the page that follow from the order's price, payment and end for what they are now.
   * @param {string} parts
   */
  async readAgain(parts) {
    this.dataset.parts = parts;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const now = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of now.querySelectorAll("[data-part]")) document.getElementById(part.id)?.replaceWith(part);
    } catch {
      if (this.dataset.parts === parts) setTimeout(() => this.isConnected && this.readAgain(parts), 2000);
    }
  }

  /** @param {{progress: number | null, left_s: number | null, nozzle_c: number | null, text: string}} printer */
  printerInWords({ progress, left_s, nozzle_c, text }) {
    const percent = progress === null ? null : `${formatNumber(this.language, progress * 100, 0)} %`;
    const left = left_s === null ? null : (this.dataset.left ?? "{time}").replace("{time}", formatDuration(this.language, left_s));
    const nozzle = nozzle_c === null ? null : formatTemperature(this.language, nozzle_c);
    return [text, percent, left, nozzle].filter(Boolean).join(" · ");
  }
}

customElements.define("glocal-order-progress", OrderProgress);
