import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { chooseCredit, type LeftLine } from './choose-credit.js';

const SAME = {
  kind: 'energy',
  chargerId: 'zcs031903',
  season: 'Verão',
  dayType: 'Semana',
  band: 'cheias',
  code: null,
  interval: '07.00-09.15',
  spotName: '3012',
  wh: 1,
  estimatedWh: 0,
  estimatedErrorWh: 0,
  microsPerKWh: 200_000,
  isAveragePrice: false,
  exemptionCode: null,
  adjustsPeriod: null,
  vatRatePermyriad: 2_300,
  vatCents: null,
} as const;

const some = {
  label: fc.constantFrom('Cheia 1', 'Cheia 2', 'Ponta'),
  party: fc.constantFrom('retailer' as const, 'bpo' as const),
  vatCode: fc.constantFrom('NOR', 'RED'),
};
const invoices = fc
  .array(fc.record({ ...some, leftCents: fc.integer({ min: -50, max: 500 }) }), { maxLength: 8 })
  .map((lines) =>
    lines.map((line, index): LeftLine => Object.assign(line, SAME, { lineNo: index + 1, netCents: 500 })),
  );
const adjustments = fc
  .array(fc.record({ ...some, netCents: fc.integer({ min: -400, max: 200 }) }), { maxLength: 5 })
  .map((lines) => lines.map((line) => Object.assign(line, SAME)));

test('gives back each party’s and tax’s sum exactly, of no line more than is left, or says why not', () => {
  fc.assert(
    fc.property(adjustments, invoices, (adjustment, invoice) => {
      const chosen = chooseCredit(adjustment, invoice);
      const groups = Map.groupBy(adjustment, ({ party, vatCode }) => `${party} ${vatCode}`);
      const sums = [...groups].map(
        ([key, lines]) => [key, lines.reduce((sum, line) => sum + line.netCents, 0)] as const,
      );
      if ('refused' in chosen) {
        const left = (key: string) =>
          invoice
            .filter((line) => `${line.party} ${line.vatCode}` === key)
            .reduce((sum, line) => sum + Math.max(0, line.leftCents), 0);
        expect(sums.some(([key, cents]) => cents > 0 || 0 - cents > left(key))).toBe(true);
        return;
      }
      for (const { lineNo, netCents = 0 } of chosen.ok) {
        expect(netCents).toBeGreaterThan(0);
        expect(netCents).toBeLessThanOrEqual(invoice[lineNo - 1]?.leftCents ?? 0);
      }
      expect(new Set(chosen.ok.map(({ lineNo }) => lineNo)).size).toBe(chosen.ok.length);
      for (const [key, cents] of sums) {
        const given = chosen.ok
          .filter(({ lineNo }) => `${invoice[lineNo - 1]?.party} ${invoice[lineNo - 1]?.vatCode}` === key)
          .reduce((sum, line) => sum + (line.netCents ?? 0), 0);
        expect(given).toBe(0 - cents);
      }
    }),
  );
});

test('the line that the adjustment corrects comes first', () => {
  const line = (lineNo: number, label: string): LeftLine => {
    return { ...SAME, lineNo, label, party: 'retailer', vatCode: 'NOR', netCents: 500, leftCents: 500 };
  };
  const wrong = { ...SAME, label: 'Ponta', party: 'retailer' as const, vatCode: 'NOR', netCents: -20 };
  expect(chooseCredit([wrong], [line(1, 'Cheia 1'), line(2, 'Ponta')])).toEqual({ ok: [{ lineNo: 2, netCents: 20 }] });
});
