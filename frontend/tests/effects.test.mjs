import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Effects } from "../src/configurator/effects.js";

const texts = { effect_same: "the same price", effect_exact: "needs the exact quote", effect_exact_short: "exact?", effect_not_short: "not with this" };
const setup = { slug: "pot", texts, urls: { prices: "/api/prices" } };

/** Fields that remember what they were told to show. */
function form() {
  const shown = {};
  const field = (name) => ({ element: { getClientRects: () => [1] }, price: (row) => (shown[name] = [...row]) });
  const fields = new Map(["shape", "hole", "material"].map((name) => [name, field(name)]));
  const choices = new Map([["shape", ["round", "square", "star"]], ["hole", [false, true]], ["material", ["pla", "petg"]]]);
  return { shown, form: { fields, choices } };
}

const base = { values: { shape: "round", hole: true }, material: "pla", price_minor: 1000, currency: "EUR" };
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Timers that end when the test says so. */
function timers() {
  const waiting = new Map();
  globalThis.setTimeout = (/** @type {() => void} */ end) => {
    const id = {};
    waiting.set(id, end);
    return id;
  };
  globalThis.clearTimeout = (id) => waiting.delete(id);
  return async () => {
    const due = [...waiting.values()];
    waiting.clear();
    for (const end of due) end();
    await turn();
  };
}

test("each option shows what it does to the price, or why that is not known", async () => {
  const rest = timers();
  const prices = [{ price_minor: 1040 }, { price_minor: null, refusal: { code: "needs_slicer" } }, { price_minor: 1000 }, { price_minor: 900 }];
  const asked = [];
  globalThis.fetch = mock.fn(async (_url, { body }) => {
    asked.push(JSON.parse(body));
    return { ok: true, json: async () => ({ prices }) };
  });
  const { shown, form: tools } = form();
  const effects = new Effects(setup, "en", tools);
  effects.begin(base);
  await rest();
  assert.deepEqual(asked[0].variants, [
    { values: { shape: "square" } }, { values: { shape: "star" } }, { values: { hole: false } }, { material: "petg" },
  ]);
  assert.deepEqual(shown.shape.map((effect) => effect?.short), [undefined, "+€0.40", "exact?"]);
  assert.deepEqual(shown.hole.map((effect) => effect?.short), ["±0"]);
  assert.deepEqual(shown.material.map((effect) => effect?.short), [undefined, "−€1.00"]);
});

test("a newer change ends the question and takes the old prices away", async () => {
  const rest = timers();
  const asked = [];
  globalThis.fetch = mock.fn((_url, options) => {
    asked.push({ signal: options.signal, ...JSON.parse(options.body) });
    return new Promise(() => {});
  });
  const { shown, form: tools } = form();
  const effects = new Effects(setup, "en", tools);
  effects.begin(base);
  await rest();
  effects.clear();
  const [question, end] = asked;
  assert.equal(question.signal.aborted, true);
  assert.deepEqual([end.visit, end.variants], [question.visit, []], "the server is told that nobody waits");
  assert.deepEqual(shown.shape, []);
  effects.clear();
  assert.equal(asked.length, 2, "once");
});

test("what the shop had no time for is asked again", async () => {
  const rest = timers();
  const later = { price_minor: null, refusal: { code: "not_yet" } };
  const answers = [[{ price_minor: 1040 }, later, later, later], [{ price_minor: 1100 }, { price_minor: 1000 }, { price_minor: 900 }]];
  globalThis.fetch = mock.fn(async () => ({ ok: true, json: async () => ({ prices: answers.shift() }) }));
  const { shown, form: tools } = form();
  const effects = new Effects(setup, "en", tools);
  effects.begin(base);
  await rest();
  await rest();
  assert.equal(globalThis.fetch.mock.callCount(), 2);
  assert.deepEqual(shown.shape.map((effect) => effect?.short), [undefined, "+€0.40", "+€1.00"]);
});
