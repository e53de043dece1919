import { describe, expect, it } from '@jest/globals';

import { termsText, type ChargeTerms } from './charge-terms.js';
import { printerOf } from './printer.js';

const JUNE = { days: 30, minutes: 43_200 };
const POWER: ChargeTerms = {
  unit: 'per-day',
  micros: 1_040_000,
  days: 30,
  shareBy: 'permillage',
  totalCents: 3_120,
  weight: 2_150 * 43_200,
  totalWeight: 89_160 * 43_200,
};
const text = (terms: Partial<ChargeTerms>, language: 'pt' | 'en' = 'pt', currency = 'EUR') =>
  termsText({ ...POWER, ...terms }, JUNE, printerOf(language, currency)).replaceAll('\u00a0', ' ');

describe('how a part of a charge came about, in words', () => {
  it('says price, days, whole and share of a divided charge', () => {
    expect(text({})).toBe('1,04 € por dia × 30 dias = 31,20 €; por permilagem: 24,114 ‰');
    expect(text({ days: 1, totalCents: 104 })).toBe('1,04 € por dia × 1 dia = 1,04 €; por permilagem: 24,114 ‰');
    expect(text({ shareBy: 'spot', weight: 43_200, totalWeight: 42 * 43_200 })).toContain(
      '; por lugar: 1 de 42 lugares',
    );
    expect(text({ shareBy: 'equal', weight: 43_200, totalWeight: 43_200 })).toContain(
      'em partes iguais: 1 de 1 cliente',
    );
    expect(text({ shareBy: 'consumption', weight: 360_018, totalWeight: 9_876_543 })).toContain(
      'por consumo: 360,018 kWh de 9.876,543 kWh',
    );
  });

  it('falls back to per mille where the time held is no whole spots', () => {
    expect(text({ shareBy: 'spot', weight: 16_710, totalWeight: 42 * 43_200 })).toContain('por lugar: 9,210 ‰');
    expect(text({ shareBy: 'spot', days: 14, weight: 43_200, totalWeight: 86_400 })).toContain('500,000 ‰');
  });

  it('says of a charge on some days on how many', () => {
    const cav = { unit: 'per-month', micros: 2_850_000, days: 17, totalCents: 162, shareBy: 'none' };
    expect(text(cav)).toBe('2,85 € por mês × 17/30 dias = 1,62 €; fica com o condomínio');
  });

  it('says what each has of their own, without a division', () => {
    const own = { shareBy: 'own', totalCents: 250, totalWeight: 43_200 };
    const spot = { ...own, unit: 'per-spot-month', micros: 2_500_000 };
    expect(text({ ...spot, weight: 43_200 })).toBe('2,50 € por lugar e mês');
    expect(text({ ...spot, weight: 16_710 })).toBe('2,50 € por lugar e mês, 11 d 14 h 30 min de 30 d');
    expect(text({ ...own, unit: 'per-kwh', micros: 1_000, weight: 360_018 })).toBe('0,001 € por kWh × 360,018 kWh');
    expect(text({ ...own, unit: 'percent-of-energy', micros: -15_000, weight: 8_038 })).toBe(
      '-1,5 % de 80,38 € de energia',
    );
    expect(text({ ...own, unit: 'per-invoice', micros: 500_000, weight: 1 })).toBe('0,50 € por fatura');
  });

  it('says it in English and in kroner', () => {
    expect(text({}, 'en', 'NOK')).toBe('1.04 NOK per day × 30 days = 31.20 NOK; by permillage: 24.114 ‰');
  });
});
