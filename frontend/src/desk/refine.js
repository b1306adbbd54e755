// Makes an answer surer while one reads it: asks the server for more courses of chance, step by step, and shows how far it is.
import { h } from "../dom.js";

class GlocalRefine extends HTMLElement {
  connectedCallback() {
    this.stopped = false;
    void this.refine();
  }

  disconnectedCallback() {
    this.stopped = true;
  }

  async refine() {
    const most = Number(this.getAttribute("most"));
    const step = Number(this.getAttribute("step"));
    const label = this.getAttribute("label") ?? "";
    let courses = Number(this.querySelector(".grow-answer")?.getAttribute("data-courses"));
    if (!(courses < most)) return;
    const bar = h("progress", { max: String(most), value: String(courses), "aria-label": label });
    const line = h("p", { class: "refining" }, `${label} `, bar);
    this.prepend(line);
    while (courses < most && !this.stopped) {
      courses += step;
      const answer = await fetch(`?${this.getAttribute("query")}&courses=${courses}&fragment=1`, { credentials: "same-origin" });
      if (!answer.ok) break;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".grow-answer");
      const old = this.querySelector(".grow-answer");
      if (!fresh || !old) break;
      const open = old.querySelector("details")?.open ?? false;
      const details = fresh.querySelector("details");
      if (details) details.open = open;
      old.replaceWith(document.adoptNode(fresh));
      bar.setAttribute("value", String(courses));
    }
    line.remove();
  }
}

customElements.define("glocal-refine", GlocalRefine);
