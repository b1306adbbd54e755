// Which distances to draw around a place, and how markers at one place stand beside each other.

const NICE_KM = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const MOST_RINGS = 3;

/**
 * @param {number} farthest_km
 * @returns {number[]} up to three round distances, the last the first that holds everybody
 */
export function ringsFor(farthest_km) {
  const outer = NICE_KM.findIndex((km) => km >= farthest_km);
  const last = outer < 0 ? NICE_KM.length - 1 : outer;
  return NICE_KM.slice(Math.max(0, last - MOST_RINGS + 1), last + 1);
}

/**
 * @template {{latitude: number, longitude: number}} Place
 * @param {Place[]} places
 * @returns {Map<Place, number>} how many others stand at the very same place before each
 */
export function standing(places) {
  /** @type {Map<string, number>} */
  const there = new Map();
  return new Map(places.map((place) => {
    const key = `${place.latitude},${place.longitude}`;
    const before = there.get(key) ?? 0;
    there.set(key, before + 1);
    return [place, before];
  }));
}
