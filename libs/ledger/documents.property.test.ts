import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { VatGroup } from '../invoicing/document.entity.js';
import { planCreditNote, type CreditChoice } from '../invoicing/plan-credit-note.js';
import { planInvoice, type ChargeLine, type PlannedLine, type VatRounding } from '../invoicing/plan-invoice.js';
import { fixedCharge } from '../invoicing/stored-line.js';
import { VAT_EXEMPTIONS, VAT_RATES } from '../invoicing/vat.js';
import { creditNoteIssuedEntry, invoiceIssuedEntry, type LedgerDocument } from './document-entries.js';
import type { Entry } from './entry.js';
import { condominiumPayoutEntry, processorPayoutEntry } from './money-entries.js';

/**
 * No cent is left over: what is rounded (VAT, a percentage, a share) is rounded once, and each total is the sum of what
 * was rounded. So nothing is ever posted to `rounding/<issuer>`.
 */
const AT = new Date('2026-07-01T00:00:00Z');
const line = fc
  .record({
    // Now and then so small that lines which are owed and lines that reduce them come to the same.
    netCents: fc.oneof(fc.integer({ min: -20_000, max: 1_000_000 }), fc.integer({ min: -200, max: 300 })),
    tax: fc.constantFrom('NOR', 'INT', 'RED', 'ISE'),
    party: fc.constantFrom('retailer' as const, 'bpo' as const),
  })
  .map(({ netCents, tax, party }) => {
    const exemptionCode = tax === 'ISE' ? 'M07' : null;
    return fixedCharge({ party, spotName: null, label: 'x', code: null, netCents, vatCode: tax, exemptionCode });
  });
const lines = fc.array(line, { minLength: 1, maxLength: 30 });
const roundings = fc.constantFrom<VatRounding>('group', 'line');

function planned(charges: readonly ChargeLine[], rounding: VatRounding) {
  const rules = { rates: VAT_RATES, exemptions: VAT_EXEMPTIONS, region: 'PT', date: '2026-07-01', rounding };
  const result = planInvoice(charges, rules);
  if ('plan' in result) return result.plan;
  if (result.refused.code !== 'NOTHING_DUE') throw new Error(result.refused.code);
  return null;
}

interface Plan {
  readonly lines: readonly PlannedLine[];
  readonly vatGroups: readonly VatGroup[];
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
}

const feesOf = (plan: Plan): number =>
  plan.lines.reduce((sum, { party, netCents }) => sum + (party === 'bpo' ? netCents : 0), 0);

function documentOf(id: string, plan: Plan): LedgerDocument {
  const { netCents, vatCents, grossCents, vatGroups } = plan;
  const parties = { customerId: '1001', condominiumId: 'aurora', issuerId: 'czm', currency: 'EUR' };
  const money = { netCents, feesCents: feesOf(plan), vatCents, grossCents, vatGroups };
  return { documentId: id, numberText: `FT A/${id}`, issuedAt: AT, ...parties, ...money };
}

/** What is posted by kind of account, credits positive but for what the customer owes. */
function sums(...entries: readonly Entry[]): Record<string, number> {
  const byKind: Record<string, number> = {};
  for (const { account, amountCents } of entries.flatMap(({ postings }) => postings)) {
    const cents = account.kind === 'receivable' ? amountCents : 0 - amountCents;
    byKind[account.kind] = (byKind[account.kind] ?? 0) + cents;
  }
  return byKind;
}

const receivableOf = (entry: Entry): number => sums(entry)['receivable'] ?? 0;

/** Exactly the document's own figures, and no account beside them. */
function expectExact(entry: Entry, plan: Plan): void {
  const net = plan.lines.reduce((sum, { netCents }) => sum + netCents, 0);
  const { receivable = 0, recovered = 0, fees = 0, vat = 0, ...beside } = sums(entry);
  expect(beside).toEqual({});
  expect(receivable).toBe(plan.grossCents);
  expect(recovered + fees).toBe(net);
  expect(fees).toBe(feesOf(plan));
  expect(vat).toBe(plan.vatCents);
  expect(recovered + fees + vat).toBe(receivable);
}

describe('the postings of documents', () => {
  it('are their lines, their VAT and their total to the cent, whichever way VAT is rounded', () => {
    fc.assert(
      fc.property(lines, roundings, (charges, rounding) => {
        const plan = planned(charges, rounding);
        if (plan !== null) expectExact(invoiceIssuedEntry(documentOf('1', plan)), plan);
      }),
    );
  });

  it('are taken back to the cent by credit notes in any parts', () => {
    const parts = fc.array(fc.record({ at: fc.nat(), permille: fc.integer({ min: 1, max: 1000 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(lines, roundings, parts, (charges, rounding, choices) => {
        const plan = planned(charges, rounding);
        if (plan === null) return;
        const entries = [invoiceIssuedEntry(documentOf('1', plan))];
        const credited: { lineNo: number; netCents: number }[] = [];
        const credit = (choice: CreditChoice): boolean => {
          const { lines: own, vatGroups } = plan;
          const result = planCreditNote({ lines: own, vatGroups, vatRounding: rounding, credited }, choice, 'x');
          if ('refused' in result) return false;
          const entry = creditNoteIssuedEntry(documentOf(`note-${entries.length}`, result.plan), '1');
          expectExact(entry, result.plan);
          entries.push(entry);
          for (const { creditsLineNo, netCents } of result.plan.lines)
            credited.push({ lineNo: creditsLineNo, netCents });
          return true;
        };
        for (const { at, permille } of choices) {
          const chosen = plan.lines[at % plan.lines.length];
          if (chosen === undefined) continue;
          credit([{ lineNo: chosen.lineNo, netCents: Math.trunc((chosen.netCents * permille) / 1000) }]);
        }
        // What is left can be given back unless it comes to nothing: lines that are owed and lines that reduce them.
        const isGivenBack = credit('whole');
        const owed = plan.grossCents + entries.slice(1).reduce((sum, entry) => sum + receivableOf(entry), 0);
        expect(owed).toBe(0);
        if (isGivenBack) expect(Object.values(sums(...entries)).every((cents) => cents === 0)).toBe(true);
      }),
    );
  });
});

describe('the postings of payouts', () => {
  const common = { key: 'k', issuerId: 'czm', currency: 'EUR', occurredAt: AT };
  const cents = fc.integer({ min: 1, max: 100_000_000 });

  it('of the provider are what it held, what it kept and what the bank got', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [feeCents, grossCents] = [Math.min(a, b) - 1, Math.max(a, b)];
        const posted = sums(processorPayoutEntry({ ...common, grossCents, feeCents }));
        const { processor = 0, bank = 0, 'processor-fees': kept = 0, ...beside } = posted;
        expect([processor, kept, bank, beside]).toEqual([grossCents, 0 - feeCents, feeCents - grossCents, {}]);
      }),
    );
  });

  it('to a condominium are what it recovers, less the fees', () => {
    fc.assert(
      fc.property(cents, cents, (amountCents, feesCents) => {
        const entry = condominiumPayoutEntry({ ...common, condominiumId: 'aurora', amountCents, feesCents });
        const { recovered = 0, bank = 0, fees = 0, ...beside } = sums(entry);
        expect([recovered, bank, fees, beside]).toEqual([-amountCents - feesCents, amountCents, feesCents, {}]);
      }),
    );
  });
});
