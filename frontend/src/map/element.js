// <glocal-map points="id" outlines="…" sheet="…">: where makers are, without anybody's tiles. Leaflet and the outlines
// are fetched when the map is there to be seen; the table beside it says the same to who does not see it.
import { pageData } from "../dom.js";

class GlocalMap extends HTMLElement {
  connectedCallback() {
    this.around = this.closest("details");
    if (!this.around || this.around.open) return void this.show();
    this.around.addEventListener("toggle", () => void this.show(), { once: true });
  }

  disconnectedCallback() {
    this.drawn?.remove();
    this.drawn = undefined;
  }

  async show() {
    const places = pageData(this.getAttribute("points") ?? "");
    try {
      const [{ drawMap }] = await Promise.all([import("./draw.js"), styled(this.getAttribute("sheet") ?? "")]);
      if (this.isConnected && !this.drawn) this.drawn = drawMap(this, places);
      await this.drawn?.addOutlines(this.getAttribute("outlines") ?? "");
    } catch {
      this.textContent = places.texts.failed;
      this.classList.add("notice");
    }
  }
}

/** Load a style sheet once. @param {string} address @returns {Promise<void>} */
function styled(address) {
  const known = [...document.styleSheets].some((sheet) => sheet.href === new URL(address, document.baseURI).href);
  if (known) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(address)));
    document.head.append(link);
  });
}

/** Whoever had opened the map before another choice was priced still has it open after. */
function keepOpen() {
  let open = document.querySelector("details.where[open]") !== null;
  const isMap = (/** @type {EventTarget | null} */ target) => target instanceof HTMLDetailsElement && target.matches(".where");
  document.addEventListener("toggle", (event) => {
    if (isMap(event.target)) open = /** @type {HTMLDetailsElement} */ (event.target).open;
  }, true);
  document.addEventListener("htmx:after:settle", () => {
    const there = document.querySelector("details.where");
    if (open && there instanceof HTMLDetailsElement && !there.open) there.open = true;
  });
}

customElements.define("glocal-map", GlocalMap);
keepOpen();
