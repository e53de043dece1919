import { describe, expect, test } from '@jest/globals';

import { compareWithBill, type BillFacts } from './bill-comparison.js';
import type { RatedEnergy } from './imputed.js';
import type { BilledLine } from './reconciliation.js';

function rated(band: string, wh: number, cents: number, direction = 'import'): RatedEnergy {
  return { customerId: 'ana', direction, band, wh, cents };
}

function billed(band: string, wh: number | null, netCents: number): BilledLine {
  return { kind: 'energy', band, code: null, label: `Energia ${band}`, wh, netCents };
}

const chargeLine = (code: string | null, netCents: number, label = 'encargo'): BilledLine => ({
  kind: 'charge',
  band: null,
  code,
  label,
  wh: null,
  netCents,
});

const facts: BillFacts = {
  energy: [rated('ponta', 50_000, 1250), rated('vazio', 100_000, 1000), rated('vazio', 5_000, -40, 'export')],
  unattributedWh: 500,
  charges: [
    { party: 'retailer', code: 'cav', label: 'CAV', netCents: 285 },
    { party: 'bpo', code: 'fee', label: 'Gestão', netCents: 9_999 },
  ],
  invoiced: [billed('ponta', 50_400, 1260), billed('vazio', 100_000, 1000), chargeLine('cav', 285)],
  isSameDays: true,
  tolerance: { wh: 1_000, cents: 50 },
};
const compared = (fields: Partial<BillFacts>) => compareWithBill({ ...facts, ...fields });
const meanings = (fields: Partial<BillFacts>) => {
  const { bands, charges, meanings: all } = compared(fields);
  return { bands: bands.map((band) => band.meanings), charges: charges.map((line) => line.meanings), all };
};

describe('the retailer’s invoice beside one’s own figures', () => {
  test('within the tolerance differences are shown and mean nothing', () => {
    expect(compared({})).toEqual({
      bands: [
        { band: 'ponta', measuredWh: 50_000, invoicedWh: 50_400, ratedCents: 1250, invoicedCents: 1260, meanings: [] },
        {
          band: 'vazio',
          measuredWh: 100_000,
          invoicedWh: 100_000,
          ratedCents: 1000,
          invoicedCents: 1000,
          meanings: [],
        },
      ],
      charges: [{ code: 'cav', label: 'CAV', expectedCents: 285, invoicedCents: 285, meanings: [] }],
      measuredWh: 150_000,
      unattributedWh: 500,
      invoicedWh: 150_400,
      expectedCents: 2495,
      invoicedCents: 2545,
      meanings: [],
    });
  });

  test('more energy: what no session had', () => {
    const invoiced = [billed('ponta', 60_000, 1500), billed('vazio', 100_000, 1000), chargeLine('cav', 285)];
    expect(meanings({ invoiced })).toEqual({
      bands: [['energy-beyond-sessions'], []],
      charges: [[]],
      all: ['energy-beyond-sessions'],
    });
  });

  test('less energy, of other days', () => {
    const invoiced = [billed('ponta', 40_000, 1000), billed('vazio', 100_000, 1000), chargeLine('cav', 285)];
    expect(meanings({ invoiced, isSameDays: false })).toEqual({
      bands: [['less-than-measured'], []],
      charges: [[]],
      all: ['less-than-measured', 'other-days'],
    });
  });

  test('a meter that still counts by the old hours shifts the bands', () => {
    const invoiced = [billed('ponta', 70_000, 1750), billed('vazio', 80_500, 805), chargeLine('cav', 285)];
    expect(meanings({ invoiced })).toEqual({
      bands: [['energy-beyond-sessions'], ['less-than-measured']],
      charges: [[]],
      all: ['bands-shifted'],
    });
  });

  test('another price; energy and network access printed apart are one band', () => {
    const invoiced = [
      billed('ponta', 50_000, 1000),
      billed('ponta', null, 400),
      billed('vazio', 100_000, 1000),
      chargeLine('cav', 285),
    ];
    expect(meanings({ invoiced })).toEqual({ bands: [['price'], []], charges: [[]], all: [] });
  });

  test('other bands than the plan has', () => {
    const invoiced = [billed('simples', 150_000, 2250), chargeLine('cav', 285)];
    expect(meanings({ invoiced }).bands).toEqual([['band-not-invoiced'], ['band-not-measured'], ['band-not-invoiced']]);
  });

  test('charges that are missing on a side, or come to another amount', () => {
    const energy = [billed('ponta', 50_000, 1250), billed('vazio', 100_000, 1000)];
    expect(meanings({ invoiced: [...energy, chargeLine('cav', 385)] }).charges).toEqual([['charge-amount']]);
    expect(meanings({ invoiced: [...energy, chargeLine(null, 60, 'Juros')] }).charges).toEqual([
      ['charge-not-invoiced'],
      ['charge-not-in-plan'],
    ]);
  });

  test('many small differences that come to a large one', () => {
    const invoiced = [billed('ponta', 50_000, 1290), billed('vazio', 100_000, 1040), chargeLine('cav', 285)];
    expect(meanings({ invoiced })).toMatchObject({ all: ['sum-of-small-differences'] });
  });
});
