// What a customer set, kept over a reload and put into a link. Never trusted: the server checks every value again.

/** @typedef {import("./state.js").Values} Values */
/** @typedef {import("./types.js").Parameter} Parameter */

const key = (/** @type {string} */ slug) => `glocal:design:${slug}`;

/** @param {Storage} storage @param {string} slug @param {string} hash of the template @param {Values} changed */
export function remember(storage, slug, hash, changed) {
  try {
    storage.setItem(key(slug), JSON.stringify({ hash, values: changed }));
  } catch {
    // a private window or a full store: the page works without
  }
}

/** @param {Storage} storage @param {string} slug @param {string} hash @returns {Values | null} null when the design is another by now */
export function recall(storage, slug, hash) {
  try {
    const kept = JSON.parse(storage.getItem(key(slug)) ?? "null");
    return kept && kept.hash === hash ? kept.values : null;
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {string} slug */
export function forget(storage, slug) {
  try {
    storage.removeItem(key(slug));
  } catch {
    // nothing was kept then
  }
}

const snapshotsKey = (/** @type {string} */ slug) => `glocal:kept:${slug}`;

/**
 * @param {Storage} storage @param {string} slug @param {string} hash of the template
 * @returns {import("./snapshots.js").Snapshot[]} none when the design is another by now, or what lies there is damaged
 */
export function recallSnapshots(storage, slug, hash) {
  try {
    const kept = JSON.parse(storage.getItem(snapshotsKey(slug)) ?? "null");
    const good = (/** @type {any} */ one) => typeof one?.name === "string" && typeof one.material === "string" && typeof one.values === "object";
    return kept?.hash === hash ? kept.list.filter(good) : [];
  } catch {
    return [];
  }
}

/** @param {Storage} storage @param {string} slug @param {string} hash @param {import("./snapshots.js").Snapshot[]} list */
export function keepSnapshots(storage, slug, hash, list) {
  try {
    storage.setItem(snapshotsKey(slug), JSON.stringify({ hash, list }));
  } catch {
    // a private window or a full store: they last as long as the page
  }
}

/** @param {string} href the page's address @param {Values} changed @returns {string} the address with the values in it */
export function addressOf(href, changed) {
  const url = new URL(href);
  url.search = "";
  url.hash = "";
  for (const [name, value] of Object.entries(changed)) url.searchParams.set(name, Array.isArray(value) ? value.join(",") : String(value));
  return url.toString();
}

/**
 * @param {string} search the query of the address
 * @param {Parameter[]} parameters
 * @returns {Values | null} the values that it names and that these parameters can take; null when there are none
 */
export function fromAddress(search, parameters) {
  const query = new URLSearchParams(search);
  /** @type {Values} */
  const values = {};
  for (const parameter of parameters) {
    const text = query.get(parameter.name);
    if (text === null || parameter.derived) continue;
    const value = parse(text, parameter);
    if (value !== null) values[parameter.name] = value;
  }
  return Object.keys(values).length ? values : null;
}

/** @param {string} text @param {Parameter} parameter @returns {import("./state.js").Value | null} */
function parse(text, { type, initial, options, min, max, max_length }) {
  const inRange = (/** @type {number} */ number) => Number.isFinite(number) && (min === null || number >= min) && (max === null || number <= max);
  if (options.length) return options.find(({ value }) => String(value) === text)?.value ?? null;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : null;
  if (type === "string") return [...text].slice(0, max_length ?? undefined).join("");
  if (!Array.isArray(initial)) return text.trim() !== "" && inRange(Number(text)) ? Number(text) : null;
  const numbers = text.split(",").map(Number);
  return numbers.length === initial.length && numbers.every(inRange) ? numbers : null;
}
