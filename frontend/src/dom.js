// Builds elements without innerHTML, so that no text of a customer or a design can become markup.

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners, `class` and `data-…` as in HTML; null and false leave one out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false)));
  return element;
}

let lastId = 0;

/** @param {string} stem @returns {string} an id that no other element has */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** Read the JSON that the server put into the page. @param {string} id */
export function pageData(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page lacks #${id}`);
  return JSON.parse(element.textContent ?? "");
}
