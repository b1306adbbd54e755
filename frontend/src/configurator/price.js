// The live price: asks the server, shows the answer, and lets only the newest question be answered.
import { h } from "../dom.js";
import { fill, formatDay, formatDuration, formatMoney } from "../format.js";

/** @typedef {import("./types.js").Answer} Answer */

const WAIT_MS = 120;
/** How long a price may wait for the shape on the screen. */
const LONGEST_WAIT_MS = 500;
/** After this long it is seen that the shop is at work, */
const BUSY_MS = 1000;
/** and after this long it is said at what. */
const LONG_MS = 3000;
/** How soon it is asked again how far a shape is that takes long to build; the answer itself waits a second, */
const ASK_AGAIN_MS = 1000;
/** so that after this long it is not being built any more. */
const BUILT_AFTER_MS = 2500;
/** How long the values must rest before the slicer is asked, which takes its time. */
const WAIT_FOR_SLICER_MS = 900;

export class Price {
  /**
   * @param {import("./types.js").Setup} setup
   * @param {string} language
   * @param {(answer: Answer) => void} onAnswer
   * @param {(error: import("./types.js").Refusal) => void} onError
   */
  constructor(setup, language, onAnswer, onError) {
    this.setup = setup;
    this.language = language;
    this.onAnswer = onAnswer;
    this.onError = onError;
    this.visit = crypto.getRandomValues(new Uint32Array(4)).join("-");
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const { texts } = setup;
    this.total = h("p", { class: "price-total" });
    this.range = h("p", { class: "price-range" });
    this.ready = h("p", { class: "price-ready" });
    this.later = h("p", { class: "price-ready" });
    this.built = h("progress", { hidden: true, "aria-label": texts.building });
    this.lines = h("tbody", {});
    this.breakdown = h("details", { class: "breakdown", hidden: true }, h("summary", {}, texts.breakdown), h("table", {}, this.lines));
    this.spoken = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.problem = h("div", { class: "refusal", role: "alert", hidden: true });
    this.element = h("section", { class: "price", "aria-label": texts.price }, this.total, this.range, this.ready, this.built, this.later, this.problem, this.breakdown, this.spoken);
  }

  /**
   * Ask for a price soon; a later call replaces this one.
   * @param {object} question
   * @param {Promise<void>} [first] what the customer looks at before the price, which would take computing time from it
   */
  ask(question, first) {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.built.hidden = true;
    this.element.setAttribute("aria-busy", "true");
    if (!this.total.textContent) this.ready.textContent = this.setup.texts.working_out;
    const soon = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(question, false), WAIT_MS);
    };
    if (!first) return soon();
    const waiting = setTimeout(soon, LONGEST_WAIT_MS);
    this.timer = waiting;
    first.then(() => this.timer === waiting && soon());
  }

  /**
   * @param {object} question
   * @param {boolean} wait for the slicer where the instant estimate does not know
   * @param {number} [busyMs] after how long nothing more exact can be shown than that it goes on
   */
  async send(question, wait, busyMs = BUSY_MS) {
    const asking = new AbortController();
    this.asking = asking;
    const busy = setTimeout(() => this.showBusy(), busyMs);
    const long = setTimeout(() => {
      this.wait(this.setup.texts[wait ? "slicing" : "still_working"], "");
      this.showBusy();
    }, Math.max(LONG_MS, busyMs));
    const answered = () => [busy, long].forEach(clearTimeout);
    asking.signal.addEventListener("abort", answered);
    try {
      const response = await fetch(this.setup.urls.quotes, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": this.language },
        body: JSON.stringify({ ...question, wait, visit: this.visit }),
        signal: asking.signal,
      });
      const answer = await response.json();
      answered();
      if (response.ok && answer.refusal?.code === "needs_slicer" && !wait) this.askSlicer(question);
      else if (response.ok && answer.refusal?.code === "still_building") this.awaitShape(question, answer);
      else if (response.ok) this.show(answer);
      else this.refuse(answer.error);
    } catch (error) {
      if (asking.signal.aborted) return;
      answered();
      this.refuse({ message: this.setup.texts.no_connection, help: this.setup.texts.try_again });
    }
  }

  /** @param {object} question */
  askSlicer(question) {
    this.wait(this.setup.texts.slicing, "");
    this.showBusy();
    this.timer = setTimeout(() => this.send(question, true), WAIT_FOR_SLICER_MS);
  }

  /** Show how far a shape is that takes long to build, and ask again. @param {object} question @param {Answer} answer */
  awaitShape(question, { refusal, building }) {
    this.wait(refusal?.message ?? "", refusal?.help ?? "");
    this.built.max = building?.limit_s ?? 1;
    this.built.value = building?.elapsed_s ?? 0;
    this.built.hidden = false;
    this.timer = setTimeout(() => this.send(question, false, BUILT_AFTER_MS), ASK_AGAIN_MS);
  }

  /** Show that it goes on, where nobody knows for how long. */
  showBusy() {
    this.built.removeAttribute("value");
    this.built.hidden = false;
  }

  /** @param {string} why @param {string} help */
  wait(why, help) {
    this.problem.hidden = true;
    this.breakdown.hidden = true;
    this.total.textContent = "";
    this.range.textContent = "";
    this.ready.textContent = why;
    this.later.textContent = help;
    if (this.spoken.textContent !== why) this.spoken.textContent = why;
  }

  /** @param {Answer} answer */
  show(answer) {
    this.element.removeAttribute("aria-busy");
    this.built.hidden = true;
    if (!answer.quote) {
      this.refuse(answer.refusal ?? { message: "", help: "" }, answer);
      return;
    }
    const { texts } = this.setup;
    const money = (/** @type {number} */ minor) => formatMoney(this.language, minor, answer.quote?.currency ?? "EUR");
    const { quote } = answer;
    this.problem.hidden = true;
    this.total.textContent = money(quote.price_minor);
    const sure = quote.low.price_minor === quote.high.price_minor;
    this.range.textContent = sure ? "" : fill(texts.usually_between, { low: money(quote.low.price_minor), high: money(quote.high.price_minor) });
    const maker = answer.maker ? ` · ${fill(texts.made_by, { maker: answer.maker })}` : "";
    this.ready.textContent = `${fill(texts.ready_on, { day: formatDay(this.language, quote.ready.at) })} · ${fill(texts.prints_in, { time: formatDuration(this.language, quote.time_s) })}${maker}`;
    const [way] = answer.ways ?? [];
    this.later.textContent = way ? fill(texts.or_later, { day: formatDay(this.language, way.ready.at), price: money(way.total_minor) }) : "";
    const row = (/** @type {string} */ label, /** @type {number} */ minor) => h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, money(minor)));
    this.lines.replaceChildren(...quote.lines.map(({ label, amount_minor }) => row(label, amount_minor)), row(texts.total, quote.price_minor));
    this.breakdown.hidden = false;
    this.spoken.textContent = fill(texts.spoken_price, { price: money(quote.price_minor), day: formatDay(this.language, quote.ready.at) });
    this.onAnswer(answer);
  }

  /** @param {import("./types.js").Refusal} error @param {Answer | null} [answer] */
  refuse(error, answer = null) {
    this.element.removeAttribute("aria-busy");
    this.built.hidden = true;
    this.total.textContent = "—";
    this.range.textContent = "";
    this.ready.textContent = "";
    this.later.textContent = "";
    this.breakdown.hidden = true;
    this.spoken.textContent = "";
    this.problem.replaceChildren(h("p", {}, error.message), ...(error.help ? [h("p", { class: "help" }, error.help)] : []));
    this.problem.hidden = false;
    if (answer) this.onAnswer(answer);
    this.onError(error);
  }
}
