// Fills latitude and longitude of its form with where the device is, when somebody asks for it; without it they are typed.
import { h } from "../dom.js";

const DECIMALS = 3; // about 100 m: enough for a distance, not a door
const WAIT_MS = 20_000;

class GlocalHere extends HTMLElement {
  connectedCallback() {
    if (!navigator.geolocation || !window.isSecureContext) return; // browsers tell no place to pages that anybody could change
    const say = (/** @type {string} */ name) => this.getAttribute(name) ?? "";
    const told = h("span", { role: "status", class: "fine" });
    const ask = () => {
      told.textContent = say("waiting");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          this.fill("latitude", coords.latitude);
          this.fill("longitude", coords.longitude);
          told.textContent = say("done");
        },
        () => (told.textContent = say("failed")),
        { timeout: WAIT_MS, maximumAge: 600_000 },
      );
    };
    this.replaceChildren(h("button", { type: "button", class: "button", onclick: ask }, say("label")), " ", told);
  }

  /**
   * @param {string} name
   * @param {number} degrees
   */
  fill(name, degrees) {
    const field = this.closest("form")?.querySelector(`input[name$="${name}"]`);
    if (field instanceof HTMLInputElement) field.value = degrees.toFixed(DECIMALS);
  }
}

customElements.define("glocal-here", GlocalHere);
