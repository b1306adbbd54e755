// What every page loads: htmx for the few places where a part of a page answers without a reload.
import "htmx.org";

// Whoever opens a part before htmx is there to hear of it would wait for its content for ever: say it once more.
document.addEventListener("htmx:after:init", ({ target }) => {
  if (!(target instanceof Element) || !target.getAttribute("hx-trigger")?.startsWith("toggle")) return;
  target.closest("details[open]")?.dispatchEvent(new Event("toggle"));
});
