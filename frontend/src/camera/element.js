// <glocal-camera src="…">: shows a camera's picture and fetches it again while somebody looks; nothing while there is none.
const AGAIN_MS = 10_000;
const LATER_MS = 30_000;

class GlocalCamera extends HTMLElement {
  connectedCallback() {
    this.picture = /** @type {HTMLImageElement | null} */ (this.querySelector("img"));
    this.figure = /** @type {HTMLElement | null} */ (this.querySelector("figure"));
    void this.look();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.forget();
  }

  async look() {
    const shown = document.hidden ? true : await this.fetched();
    this.timer = setTimeout(() => void this.look(), shown ? AGAIN_MS : LATER_MS);
  }

  /** @returns {Promise<boolean>} whether there was a picture */
  async fetched() {
    const answer = await fetch(this.getAttribute("src") ?? "", { credentials: "same-origin" }).catch(() => null);
    const found = Boolean(answer?.ok && answer.status === 200);
    if (this.figure) this.figure.hidden = !found;
    if (!found || !answer || !this.picture) return false;
    const address = URL.createObjectURL(await answer.blob());
    this.forget();
    this.address = address;
    this.picture.src = address;
    return true;
  }

  forget() {
    if (this.address) URL.revokeObjectURL(this.address);
  }
}

customElements.define("glocal-camera", GlocalCamera);
