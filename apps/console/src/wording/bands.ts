import { textOf, type Translate } from '../texts/translate.js';

/** From the cheapest band to the dearest: the order in which bands are stacked and listed. */
const BAND_ORDER = [
  'super-vazio',
  'natt',
  'vazio-normal',
  'vazio',
  'valle',
  'simples',
  'unico',
  'dogn',
  'cheias',
  'fora-de-vazio',
  'llano',
  'dag',
  'ponta',
  'punta',
];

const placeOf = (band: string): number => {
  const place = BAND_ORDER.indexOf(band);
  return place < 0 ? BAND_ORDER.length : place;
};

/** From the cheapest to the dearest; a band nobody has heard of comes last. */
export function inBandOrder<T extends { readonly band: string }>(bands: readonly T[]): T[] {
  return [...bands].sort((a, b) => placeOf(a.band) - placeOf(b.band) || a.band.localeCompare(b.band));
}

/** What a band is called: our own word, else the one its calendar gives (the label of an interval, without its number). */
export function bandName(t: Translate, band: string, label: string): string {
  return textOf(t, 'band', band) ?? label.replace(/ \d+$/, '');
}

/** A part of a whole in parts of ten thousand, rounded to the whole per cent (shown for orientation, never summed). */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole) * 100;
}

/** Ends of a scale from zero with four steps of 1, 2, 2.5 or 5 × 10ⁿ that holds `highest`: `[0, 5000, …, 20000]`. */
export function niceTicks(highest: number, steps = 4): number[] {
  if (highest <= 0) return [0];
  const rough = highest / steps;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * magnitude).find((size) => size * steps >= highest) ?? rough;
  const count = Math.ceil(highest / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
