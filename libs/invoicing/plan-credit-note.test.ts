import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { planCreditNote, type CreditableDocument, type CreditChoice, type CreditNotePlan } from './plan-credit-note.js';
import { planInvoice, type ChargeLine, type VatRounding } from './plan-invoice.js';
import { VAT_EXEMPTIONS, VAT_RATES } from './vat.js';

function charge(netCents: number, vatCode = 'NOR'): ChargeLine {
  return {
    kind: netCents < 0 ? 'energy-export' : 'energy',
    party: 'retailer',
    spotName: '3012',
    chargerId: 'zcs031903',
    season: 'Verão',
    dayType: 'Semana',
    band: 'cheias',
    label: 'Cheia 1',
    code: null,
    interval: '07.00-09.15',
    wh: 1_000,
    estimatedWh: 0,
    estimatedErrorWh: 0,
    microsPerKWh: 227_756,
    isAveragePrice: false,
    netCents,
    vatCode,
    exemptionCode: vatCode === 'ISE' ? 'M07' : null,
    adjustsPeriod: null,
  };
}

function invoiceOf(lines: readonly ChargeLine[], rounding: VatRounding = 'group') {
  const vat = { rates: VAT_RATES, exemptions: VAT_EXEMPTIONS, region: 'PT', date: '2026-07-01', rounding };
  const result = planInvoice(lines, vat);
  if ('refused' in result) throw new Error(result.refused.code);
  return result.plan;
}

const documentOf = (lines: readonly ChargeLine[], rounding: VatRounding = 'group'): CreditableDocument => ({
  ...invoiceOf(lines, rounding),
  vatRounding: rounding,
  credited: [],
});

function noteOf(document: CreditableDocument, choice: CreditChoice) {
  const result = planCreditNote(document, choice, 'erro');
  if ('refused' in result) throw new Error(result.refused.code);
  return result.plan;
}

describe('planCreditNote', () => {
  it('never gives back more than is left of the invoice, whatever a single line has', () => {
    const document = documentOf([charge(1_000), charge(-400)]);
    const refused = { code: 'CREDIT.BEYOND_INVOICE', missingCents: 492 };
    expect(planCreditNote(document, [{ lineNo: 1 }], 'erro')).toEqual({ refused });
    expect(noteOf(document, [{ lineNo: 1, netCents: 600 }]).grossCents).toBe(-738);
    expect(noteOf(document, [{ lineNo: 1 }, { lineNo: 2 }]).grossCents).toBe(-738);
  });

  it('of the whole invoice is its mirror', () => {
    const document = documentOf([charge(1_000), charge(-200), charge(500, 'RED'), charge(300, 'ISE')]);
    const note = noteOf(document, 'whole');
    expect(note.lines.map(({ netCents, creditsLineNo, wh }) => [netCents, creditsLineNo, wh])).toEqual([
      [-1_000, 1, -1_000],
      [200, 2, -1_000],
      [-500, 3, -1_000],
      [-300, 4, -1_000],
    ]);
    expect(note.vatGroups).toEqual([
      { code: 'NOR', ratePermyriad: 2300, netCents: -800, vatCents: -184 },
      { code: 'RED', ratePermyriad: 600, netCents: -500, vatCents: -30 },
      {
        code: 'ISE',
        ratePermyriad: 0,
        netCents: -300,
        vatCents: 0,
        exemptionCode: 'M07',
        exemptionReason: 'Isento artigo 9.º do CIVA',
      },
    ]);
    expect(note).toMatchObject({ netCents: -1_600, vatCents: -214, grossCents: -1_814, reason: 'erro' });
  });

  it('of a part has the rates of its lines and says no energy', () => {
    const note = noteOf(documentOf([charge(1_000), charge(500, 'RED')]), [{ lineNo: 2, netCents: 100 }]);
    expect(note).toMatchObject({ netCents: -100, vatCents: -6, grossCents: -106 });
    expect(note.lines).toMatchObject([{ lineNo: 1, creditsLineNo: 2, wh: null, vatRatePermyriad: 600 }]);
    expect(note.vatGroups).toHaveLength(1);
  });

  it.each([
    ['more than the line', [{ lineNo: 1, netCents: 1_001 }], 'CREDIT.BEYOND_LINE'],
    ['a part below zero', [{ lineNo: 1, netCents: -1 }], 'CREDIT.BEYOND_LINE'],
    ['nothing of a line', [{ lineNo: 1, netCents: 0 }], 'CREDIT.BEYOND_LINE'],
    ['a fraction of a cent', [{ lineNo: 1, netCents: 0.5 }], 'CREDIT.BEYOND_LINE'],
    ['a line twice', [{ lineNo: 1 }, { lineNo: 1 }], 'CREDIT.BEYOND_LINE'],
    ['a line that is not there', [{ lineNo: 9 }], 'CREDIT.LINE_NOT_FOUND'],
    ['no line', [], 'CREDIT.NOTHING_TO_CREDIT'],
    ['only what was fed back', [{ lineNo: 2 }], 'CREDIT.NOTHING_TO_CREDIT'],
  ])('refuses %s', (_what, choice, code) => {
    const document = documentOf([charge(1_000), charge(-200)]);
    expect(planCreditNote(document, choice, 'erro')).toMatchObject({ refused: { code } });
  });

  it('refuses what was given back already', () => {
    const document = { ...documentOf([charge(1_000)]), credited: [{ lineNo: 1, netCents: -1_000 }] };
    expect(planCreditNote(document, [{ lineNo: 1 }], 'erro')).toMatchObject({
      refused: { code: 'CREDIT.BEYOND_LINE', leftCents: 0 },
    });
    expect(planCreditNote(document, 'whole', 'erro')).toMatchObject({ refused: { code: 'CREDIT.NOTHING_TO_CREDIT' } });
  });
});

describe('pitfall 8 (VAT of credit notes off by a cent: lago-api PR 829)', () => {
  const line = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom('NOR', 'INT', 'RED'));
  const lines = fc.array(line, { minLength: 1, maxLength: 12 });
  const parts = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 100 })), { maxLength: 12 });
  const rounding = fc.constantFrom<VatRounding>('group', 'line');

  it('however it is cut, the notes give back the invoice to the cent, and never more', () => {
    fc.assert(
      fc.property(lines, parts, rounding, (drawn, cuts, way) => {
        const start = documentOf(
          drawn.map(([cents, code]) => charge(cents, code)),
          way,
        );
        const credited: { lineNo: number; netCents: number }[] = [];
        const notes: CreditNotePlan[] = [];
        const give = (choice: CreditChoice) => {
          const result = planCreditNote({ ...start, credited }, choice, 'erro');
          if ('refused' in result) return;
          notes.push(result.plan);
          for (const one of result.plan.lines) credited.push({ lineNo: one.creditsLineNo, netCents: one.netCents });
        };
        for (const [index, percent] of cuts) {
          const chosen = start.lines[index % start.lines.length];
          if (chosen === undefined) throw new Error('an invoice has lines');
          give([{ lineNo: chosen.lineNo, netCents: Math.ceil((chosen.netCents * percent) / 100) }]);
        }
        give('whole');
        const total = (of: (note: CreditNotePlan) => number) => notes.reduce((sum, note) => sum + of(note), 0);
        const { netCents, vatCents, grossCents } = invoiceOf(
          drawn.map(([cents, code]) => charge(cents, code)),
          way,
        );
        expect([total((n) => n.netCents), total((n) => n.vatCents), total((n) => n.grossCents)]).toEqual([
          0 - netCents,
          0 - vatCents,
          0 - grossCents,
        ]);
        for (const note of notes) {
          expect(note.vatCents).toBeLessThanOrEqual(0);
          for (const group of note.vatGroups) {
            const own = note.lines.filter(({ vatCode }) => vatCode === group.code).length;
            const exact = (group.netCents * group.ratePermyriad) / 10_000;
            expect(Math.abs(group.vatCents - exact)).toBeLessThanOrEqual(way === 'group' ? 1 : own);
          }
        }
      }),
    );
  });
});
