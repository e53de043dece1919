import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { RatedEnergy } from './imputed.js';
import { reconcile, type BilledLine, type MonthAccounts } from './reconciliation.js';

const band = fc.constantFrom('ponta', 'cheias', 'vazio');
const customerId = fc.constantFrom('ana', 'rui', null);
const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
const wh = fc.integer({ min: 0, max: 50_000_000 });

const energy: fc.Arbitrary<RatedEnergy> = fc
  .record({ customerId, band, wh, cents: fc.nat(1_000_000), isExport: fc.boolean() })
  .map(({ customerId, band, wh, cents, isExport }) => ({
    customerId,
    band,
    wh,
    direction: isExport ? 'export' : 'import',
    cents: isExport ? 0 - cents : cents,
  }));
const charge = fc.record({ party: fc.constantFrom('retailer', 'bpo'), customerId, netCents: cents });
const billed: fc.Arbitrary<BilledLine> = fc.oneof(
  fc.record({
    kind: fc.constant('energy' as const),
    band,
    code: fc.constant(null),
    label: fc.constant('energia'),
    wh: fc.option(wh),
    netCents: cents,
  }),
  fc.record({
    kind: fc.constant('charge' as const),
    band: fc.constant(null),
    code: fc.constantFrom('cav', null),
    label: fc.constant('encargo'),
    wh: fc.constant(null),
    netCents: cents,
  }),
);
const month: fc.Arbitrary<MonthAccounts> = fc.record({
  energy: fc.array(energy, { maxLength: 30 }),
  unattributedWh: fc.nat(5_000_000),
  charges: fc.array(charge, { maxLength: 20 }) as fc.Arbitrary<MonthAccounts['charges']>,
  invoiced: fc.option(fc.array(billed, { minLength: 1, maxLength: 12 })),
});

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('any month', () => {
  test('recovered and residual are the retailer’s bill, to the cent', () => {
    fc.assert(
      fc.property(month, (accounts) => {
        const { billCents, lines } = reconcile(accounts);
        expect(total(lines.map(({ netCents }) => netCents))).toBe(billCents);
        if (accounts.invoiced !== null) expect(billCents).toBe(total(accounts.invoiced.map((line) => line.netCents)));
      }),
    );
  });

  test('what is recovered is what customers pay, whatever the retailer’s invoice says', () => {
    fc.assert(
      fc.property(month, (accounts) => {
        const recovered = (of: MonthAccounts) => reconcile(of).lines.filter(({ side }) => side === 'recovered');
        expect(recovered(accounts)).toEqual(recovered({ ...accounts, invoiced: null }));
      }),
    );
  });

  test('without an invoice there are no price differences', () => {
    fc.assert(
      fc.property(month, (accounts) => {
        const { lines } = reconcile({ ...accounts, invoiced: null });
        expect(lines.filter(({ code }) => code === 'price-differences')).toEqual([]);
      }),
    );
  });
});

describe('a month with the retailer’s invoice', () => {
  const rated = (fields: Partial<RatedEnergy>): RatedEnergy => ({
    customerId: 'ana',
    direction: 'import',
    band: 'vazio',
    wh: 100_000,
    cents: 1000,
    ...fields,
  });
  const line = (fields: Partial<BilledLine>): BilledLine => ({
    kind: 'energy',
    band: 'vazio',
    code: null,
    label: 'Energia',
    wh: null,
    netCents: 0,
    ...fields,
  });
  const accounts: MonthAccounts = {
    energy: [
      rated({}),
      rated({ band: 'ponta', wh: 10_000, cents: 250 }),
      rated({ customerId: null, band: 'ponta', wh: 2_000, cents: 50 }),
      rated({ direction: 'export', wh: 5_000, cents: -40 }),
    ],
    unattributedWh: 1_000,
    charges: [
      { party: 'retailer', customerId: 'ana', netCents: 300 },
      { party: 'retailer', customerId: null, netCents: 100 },
      { party: 'bpo', customerId: 'ana', netCents: 999 },
    ],
    invoiced: null,
  };
  const found = (invoiced: BilledLine[] | null) =>
    reconcile({ ...accounts, invoiced }).lines.map(({ side, code, wh, netCents }) => [side, code, wh, netCents]);

  test('the tariff is the bill until one comes; energy fed back lessens what is recovered and what is billed', () => {
    expect(reconcile(accounts)).toMatchObject({ billCents: 1660, billSource: 'tariff' });
    expect(found(null)).toEqual([
      ['recovered', 'energy', 110_000, 1210],
      ['recovered', 'charges', null, 300],
      ['residual', 'spots-without-holder', 2_000, 50],
      ['residual', 'unattributed-energy', 1_000, 0],
      ['residual', 'charges-kept', null, 100],
    ]);
  });

  test('energy beyond the sessions has the invoice’s price of its band', () => {
    const invoiced = [
      line({ wh: 110_000, netCents: 1100 }),
      line({ band: 'ponta', wh: 12_000, netCents: 300 }),
      line({ kind: 'charge', band: null, code: 'cav', netCents: 400 }),
    ];
    expect(reconcile({ ...accounts, invoiced })).toMatchObject({ billCents: 1800, billSource: 'retailer-invoice' });
    expect(found(invoiced)).toEqual([
      ['recovered', 'energy', 110_000, 1210],
      ['recovered', 'charges', null, 300],
      ['residual', 'spots-without-holder', 2_000, 50],
      ['residual', 'unattributed-energy', 1_000, 10],
      ['residual', 'common-areas-and-losses', 9_000, 90],
      ['residual', 'charges-kept', null, 100],
      // The retailer gave nothing for what was fed back.
      ['residual', 'price-differences', null, 40],
    ]);
  });

  test('network access printed apart carries its band’s money without counting its kWh twice', () => {
    const invoiced = [
      line({ wh: 101_000, netCents: 606 }),
      line({ netCents: 404, label: 'Acesso às redes' }),
      line({ band: 'ponta', wh: 12_000, netCents: 300 }),
      line({ kind: 'charge', band: null, netCents: 400 }),
    ];
    expect(found(invoiced)).toContainEqual(['residual', 'unattributed-energy', 1_000, 10]);
    expect(found(invoiced)).toContainEqual(['residual', 'price-differences', null, 40]);
  });

  test('a retailer that counted less than the chargers shows as negative losses', () => {
    const invoiced = [line({ wh: 90_000, netCents: 900 }), line({ band: 'ponta', wh: 12_000, netCents: 300 })];
    expect(found(invoiced)).toContainEqual(['residual', 'common-areas-and-losses', -11_000, -112]);
  });

  test('an invoice in other bands is compared at its average price', () => {
    const invoiced = [line({ band: 'simples', wh: 122_000, netCents: 1220 })];
    expect(found(invoiced)).toContainEqual(['residual', 'common-areas-and-losses', 9_000, 90]);
  });

  test('an invoice without kWh is all difference of price', () => {
    const invoiced = [line({ kind: 'charge', band: null, netCents: 5000 })];
    expect(found(invoiced)).toContainEqual(['residual', 'price-differences', null, 5000 - 1660]);
  });
});
