import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, formatDuration, formatMoney, formatNumber, formatTemperature } from "../src/format.js";

test("money knows the digits of its currency", () => {
  assert.equal(formatMoney("en", 1240, "EUR"), "€12.40");
  assert.equal(formatMoney("fr", 1240, "EUR").replace(/\s/g, " "), "12,40 €");
  assert.match(formatMoney("en", 1240, "XOF"), /1,240/);
});

test("Arabic is written with the digits that the server uses", () => {
  assert.match(formatNumber("ar", 12.5), /12[.,٫]5/);
  assert.match(formatMoney("ar", 1240, "EUR"), /12[.,٫]40/);
});

test("durations are whole minutes, and never none", () => {
  assert.equal(formatDuration("en", 5), "1 min");
  assert.equal(formatDuration("en", 3660), "1 hr 1 min");
  assert.equal(formatDuration("en", 7200), "2 hr");
});

test("unknown names in a text stay as they are", () => {
  assert.equal(fill("{a} and {b}", { a: 0 }), "0 and {b}");
});

test("a difference of money has its sign where the language writes it", () => {
  assert.equal(formatMoney("en", 40, "EUR", "always"), "+€0.40");
  assert.equal(formatMoney("en", -269, "EUR", "always"), "−€2.69");
  assert.match(formatMoney("ar", -269, "EUR", "always"), /−2\.69/);
});

test("a temperature has the letter of its language", () => {
  assert.equal(formatTemperature("en", 215.4), "215°C");
  assert.match(formatTemperature("ar", 215), /215.*م/);
});
