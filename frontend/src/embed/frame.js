// Inside the frame: tells the page around how high the content is and that something was ordered; nothing else leaves.
const { site, ordered, totalMinor, currency } = document.body.dataset;

/** @param {object} message */
function tell(message) {
  if (site && parent !== window) parent.postMessage({ from: "glocal", ...message }, site);
}

let told = 0;
new ResizeObserver(() => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  tell({ kind: "height", height });
}).observe(document.body);

// what the frame does not show itself opens beside it
addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("a[href]");
  if (link instanceof HTMLAnchorElement && !new URL(link.href).pathname.startsWith("/embed/") && !link.hasAttribute("download")) {
    link.target = "_blank";
    link.rel = "noopener";
  }
}, true);

if (ordered) tell({ kind: "ordered", order: ordered, total_minor: Number(totalMinor), currency });
