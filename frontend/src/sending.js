// <glocal-sending text="…"> inside a form: what is sent takes a while, so it is seen to go on and is not sent twice.
import { h } from "./dom.js";

class Sending extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    form?.addEventListener("submit", () => this.begin(form));
    // the page may come back as it was left, when one goes a step back
    addEventListener("pageshow", () => this.end(form));
  }

  /** @param {HTMLFormElement} form */
  begin(form) {
    const text = this.getAttribute("text") ?? "";
    this.replaceChildren(h("p", { class: "goes-on", role: "status" }, text, h("progress", { "aria-label": text })));
    // not before the form is on its way: a disabled button sends nothing
    setTimeout(() => buttons(form).forEach((button) => button.setAttribute("disabled", "")));
  }

  /** @param {HTMLFormElement | null} form */
  end(form) {
    this.replaceChildren();
    if (form) buttons(form).forEach((button) => button.removeAttribute("disabled"));
  }
}

/** @param {HTMLFormElement} form @returns {Element[]} */
function buttons(form) {
  return [...form.querySelectorAll("button[type=submit]")];
}

customElements.define("glocal-sending", Sending);
