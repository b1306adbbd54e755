// A button that passes an address on: to the apps of the device where it can, else onto its clipboard.
import { h } from "../dom.js";

class GlocalSend extends HTMLElement {
  connectedCallback() {
    if (!navigator.share && !navigator.clipboard) return; // pages without https have neither; the address can still be marked
    const address = this.getAttribute("address") ?? "";
    const told = h("span", { role: "status", class: "fine" });
    const send = async () => {
      try {
        if (navigator.share) await navigator.share({ url: address });
        else {
          await navigator.clipboard.writeText(address);
          told.textContent = this.getAttribute("copied") ?? "";
        }
      } catch (error) {
        if (!(error instanceof DOMException)) throw error; // who closes the list of apps has changed their mind
      }
    };
    const label = this.getAttribute(navigator.share ? "send" : "copy") ?? "";
    this.replaceChildren(h("button", { type: "button", class: "button", onclick: () => void send() }, label), " ", told);
  }
}

customElements.define("glocal-send", GlocalSend);
