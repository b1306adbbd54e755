// The one script that another web site loads: <script src="https://SHOP/embed.js" data-product="SLUG" async></script>.
// It puts the product into a frame where the script stands, gives the frame its height, and tells the page of an order.
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const shop = new URL(own.src).origin;
  const { product = "", title = "" } = own.dataset;
  const address = new URL(`/embed/products/${encodeURIComponent(product)}/`, shop);
  address.searchParams.set("site", location.origin);
  address.searchParams.set("lang", own.dataset.lang || document.documentElement.lang || "");
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || product;
  frame.allow = "fullscreen; clipboard-write";
  frame.loading = "lazy";
  Object.assign(frame.style, { inlineSize: "100%", blockSize: "60rem", border: "0", colorScheme: "normal" });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== shop || data?.from !== "glocal") return;
    if (data.kind === "height" && Number.isFinite(data.height)) frame.style.blockSize = `${Math.min(20000, Math.max(100, data.height))}px`;
    if (data.kind === "ordered") frame.dispatchEvent(new CustomEvent("glocal-ordered", { bubbles: true, detail: { order: data.order, total_minor: data.total_minor, currency: data.currency } }));
  });
  own.after(frame);
})();
