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

customElements.define("glocal-map", GlocalMap);
