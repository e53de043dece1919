import type { ChargeLine, VatRounding } from './plan-invoice.js';

/** Words of text columns as the types they stand for. Each throws on any other word: the row is broken. */
export function lineKindOf(text: string): ChargeLine['kind'] {
  if (text !== 'energy' && text !== 'energy-export' && text !== 'fixed-charge') {
    throw new Error(`a line is of the unknown kind "${text}"`);
  }
  return text;
}

export function vatRoundingOf(text: string): VatRounding {
  if (text !== 'group' && text !== 'line') throw new Error(`VAT is rounded per "${text}": there is group and line`);
  return text;
}
