// Draws the map: outlines of countries, rings of distance around the shop, a numbered marker for each maker.
import { Control, DomUtil, Map as LeafletMap, Marker, circle, divIcon, geoJSON, latLngBounds, svg } from "leaflet/dist/leaflet-src.esm.js";
import { feature, mesh } from "topojson-client";

import { h } from "../dom.js";
import { formatNumber } from "../format.js";
import { ringsFor, standing } from "./rings.js";

const MARKER_PX = 30;
const KM = 1000;
const CLOSEST_ZOOM = 12; // outlines of 1:50 million say nothing below

/**
 * @typedef {{latitude: number, longitude: number, mark: string, name: string, state: string, facts: string[]}} Point
 * @typedef {{here: {latitude: number, longitude: number, name: string}, points: Point[], texts: Record<string, string>}} Places
 */

/**
 * @param {HTMLElement} element
 * @param {Places} places
 */
export function drawMap(element, places) {
  const { here, points, texts } = places;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const frame = h("div", { class: "map-frame", dir: "ltr", role: "group", "aria-label": texts.map });
  element.replaceChildren(frame);
  const map = new LeafletMap(frame, {
    attributionControl: false, zoomControl: false, maxZoom: CLOSEST_ZOOM, renderer: svg({ padding: 0.5 }), worldCopyJump: true,
    scrollWheelZoom: false, dragging: !matchMedia("(pointer: coarse)").matches, // neither may hold up who scrolls the page
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
  });
  map.createPane("land").style.zIndex = "200";
  new Control.Zoom({ position: "topleft", zoomInTitle: texts.closer, zoomOutTitle: texts.farther }).addTo(map);
  new Control.Scale({ imperial: false, position: "bottomleft" }).addTo(map);
  credit(texts.credit).addTo(map);
  const farthest_km = Math.max(...points.map((point) => map.distance(at(here), at(point))), KM) / KM;
  map.fitBounds(latLngBounds([at(here), ...points.map(at)]), { padding: [36, 36], maxZoom: CLOSEST_ZOOM - 1, animate: false });
  for (const km of ringsFor(farthest_km)) addRing(map, here, km);
  const before = standing(points);
  for (const point of points) addMarker(map, point, before.get(point) ?? 0);
  return { remove: () => map.remove(), addOutlines: (/** @type {string} */ address) => addOutlines(map, address) };
}

/** @param {{latitude: number, longitude: number}} place @returns {[number, number]} */
const at = (place) => [place.latitude, place.longitude];

/** @param {string} text */
function credit(text) {
  const said = new Control({ position: "bottomright" });
  said.onAdd = () => h("small", { class: "map-credit", dir: "auto" }, text);
  return said;
}

/** @param {any} map @param {string} address */
async function addOutlines(map, address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const world = await answer.json();
  const quiet = { interactive: false, pane: "land" };
  geoJSON(feature(world, world.objects.land), { ...quiet, style: { className: "map-land" } }).addTo(map);
  const borders = mesh(world, world.objects.countries, (/** @type {any} */ one, /** @type {any} */ other) => one !== other);
  geoJSON(borders, { ...quiet, style: { className: "map-border" } }).addTo(map);
}

/** @param {any} map @param {Places["here"]} here @param {number} km */
function addRing(map, here, km) {
  circle(at(here), { radius: km * KM, interactive: false, className: "map-ring" }).addTo(map);
  const north = at(here)[0] + km / 111.2;
  const label = `${formatNumber(document.documentElement.lang || "en", km, 0)} km`;
  const icon = divIcon({ className: "map-ring-label", html: h("span", {}, label), iconSize: [60, 16], iconAnchor: [30, 8] });
  new Marker([north, here.longitude], { icon, interactive: false, keyboard: false }).addTo(map);
}

/** @param {any} map @param {Point} point @param {number} before how many others stand there already */
function addMarker(map, point, before) {
  const icon = divIcon({
    className: `map-marker map-${point.state}`, html: h("span", {}, point.mark), iconSize: [MARKER_PX, MARKER_PX],
    iconAnchor: [MARKER_PX / 2 - before * (MARKER_PX - 6), MARKER_PX / 2], popupAnchor: [before * (MARKER_PX - 6), -MARKER_PX / 2],
  });
  const words = h("div", { dir: document.documentElement.dir || "ltr" }, h("strong", { dir: "auto" }, point.name), ...point.facts.map((fact) => h("p", { dir: "auto" }, fact)));
  const marker = new Marker(at(point), { icon, riseOnHover: true }).bindPopup(words, { maxWidth: 220, autoPanPaddingTopLeft: [56, 12], autoPanPaddingBottomRight: [12, 12] }).addTo(map);
  const button = marker.getElement();
  button?.setAttribute("aria-label", [point.mark, point.name, ...point.facts].join(", "));
  marker.on("popupclose", () => button && DomUtil.hasClass(button, "map-marker") && button.focus({ preventScroll: true }));
}
