import { describe, expect, it } from '@jest/globals';

import { validateXml } from '#test/schemas/validate-xml.js';

import { isValidCreditorId } from './creditor-id.js';
import {
  DIRECT_DEBIT_VERSIONS,
  directDebitFile,
  type DirectDebit,
  type DirectDebitOrder,
} from './direct-debit-file.js';
import { lapsesOn, sequenceTypeOf, type MandateUse } from './sequence.js';

const IBAN = 'PT50000201231234567890154';
const debit = (endToEndId: string, amountCents: number, sequenceType: DirectDebit['sequenceType']): DirectDebit => ({
  endToEndId,
  amountCents,
  sequenceType,
  mandate: { reference: `ADC-${endToEndId}`, signedOn: '2026-01-15' },
  debtor: { name: 'João & Filhos', iban: IBAN },
  text: 'Carregamento de junho, FT CZM2026/17',
});
const order: DirectDebitOrder = {
  version: 'pain.008.001.02',
  messageId: 'dd-2026-07-15-1',
  createdAt: new Date('2026-07-10T09:00:00Z'),
  collectionDate: '2026-07-15',
  creditor: { name: 'Condomínio', iban: 'PT50002700000001234567833', creditorId: 'PT73ZZZ123456' },
  debits: [debit('a', 1050, 'FRST'), debit('b', 2000, 'RCUR'), debit('c', 3, 'RCUR'), debit('d', 9, 'OOFF')],
};

function contentOf(changed: Partial<DirectDebitOrder> = {}): string {
  const file = directDebitFile({ ...order, ...changed });
  if ('refused' in file) throw new Error(file.refused.code);
  return file.content;
}

const refusal = (changed: Partial<DirectDebitOrder>) => {
  const file = directDebitFile({ ...order, ...changed });
  return 'refused' in file ? file.refused : null;
};

describe('directDebitFile', () => {
  it.each(DIRECT_DEBIT_VERSIONS)('is valid against the schema of %s', async (version) => {
    const withBic = { ...order.creditor, bic: 'CGDIPTPLXXX' };
    const documents = [contentOf({ version }), contentOf({ version, creditor: withBic })];
    expect(await validateXml(version, documents)).toEqual([]);
  });

  it('has a part per sequence type, each counted and summed', () => {
    const content = contentOf();
    expect(content.match(/<PmtInfId>.*<\/PmtInfId>/g)).toEqual([
      '<PmtInfId>dd-2026-07-15-1-FRST</PmtInfId>',
      '<PmtInfId>dd-2026-07-15-1-RCUR</PmtInfId>',
      '<PmtInfId>dd-2026-07-15-1-OOFF</PmtInfId>',
    ]);
    expect(content.match(/<CtrlSum>.*<\/CtrlSum>/g)).toEqual([
      '<CtrlSum>30.62</CtrlSum>',
      '<CtrlSum>10.50</CtrlSum>',
      '<CtrlSum>20.03</CtrlSum>',
      '<CtrlSum>0.09</CtrlSum>',
    ]);
    expect(content).toContain('<Nm>Joao + Filhos</Nm>');
  });

  it('refuses what a bank would, and says where', () => {
    const first = debit('a', 1050, 'FRST');
    const withFirst = (changed: Partial<DirectDebit>) => refusal({ debits: [{ ...first, ...changed }] });
    expect(refusal({ debits: [] })?.code).toBe('SEPA.NOTHING_TO_WRITE');
    expect(refusal({ debits: [first, first] })).toEqual({ code: 'SEPA.ID_TWICE', subject: 'a' });
    expect(refusal({ messageId: 'm'.repeat(31) })?.code).toBe('SEPA.ID_INVALID');
    const creditor = { ...order.creditor, creditorId: 'PT74ZZZ123456' };
    expect(refusal({ creditor })?.code).toBe('SEPA.CREDITOR_ID_INVALID');
    expect(withFirst({ amountCents: 0 })?.code).toBe('SEPA.AMOUNT_INVALID');
    expect(withFirst({ mandate: { reference: 'with space', signedOn: '2026-01-15' } })?.code).toBe(
      'SEPA.MANDATE_INVALID',
    );
    expect(withFirst({ mandate: { reference: 'ADC', signedOn: '2026-07-16' } })?.code).toBe('SEPA.DATE_INVALID');
    expect(withFirst({ debtor: { name: 'Ana', iban: 'PT50' } })).toEqual({ code: 'SEPA.IBAN_INVALID', subject: 'a' });
  });
});

describe('the creditor identifier', () => {
  it.each(['PT73ZZZ123456', 'pt73 zzz 123456', 'PT73ABC123456', 'DE98ZZZ09999999999'])('takes %s', (text) => {
    expect(isValidCreditorId(text)).toBe(true);
  });
  it.each(['PT74ZZZ123456', 'PT73ZZZ1234567', 'PT73ZZZ12345', 'PT73ZZ-123456', ''])('refuses "%s"', (text) => {
    expect(isValidCreditorId(text)).toBe(false);
  });
});

describe('the sequence of a mandate', () => {
  const mandate: MandateUse = { kind: 'recurring', signedOn: '2026-01-15', lastCollectedOn: null, isLast: false };
  const on = (changed: Partial<MandateUse>, day = '2026-07-15') => sequenceTypeOf({ ...mandate, ...changed }, day);

  it('is first, then recurring, then final, or one-off', () => {
    expect(on({})).toBe('FRST');
    expect(on({ lastCollectedOn: '2026-06-15' })).toBe('RCUR');
    expect(on({ lastCollectedOn: '2026-06-15', isLast: true })).toBe('FNAL');
    expect(on({ kind: 'one-off' })).toBe('OOFF');
    expect(on({ kind: 'one-off', lastCollectedOn: '2026-06-15' })).toEqual({ refused: 'MANDATE_USED' });
  });

  it('lapses 36 months after the last collection, or after the signature', () => {
    expect(lapsesOn(mandate)).toBe('2029-01-15');
    expect(on({}, '2029-01-14')).toBe('FRST');
    expect(on({}, '2029-01-15')).toEqual({ refused: 'MANDATE_LAPSED' });
    expect(on({ lastCollectedOn: '2026-06-15' }, '2029-06-14')).toBe('RCUR');
    expect(on({ lastCollectedOn: '2026-06-15' }, '2029-06-15')).toEqual({ refused: 'MANDATE_LAPSED' });
  });

  it('debits nothing before the signature', () => {
    expect(on({}, '2026-01-14')).toEqual({ refused: 'MANDATE_NOT_SIGNED_YET' });
  });
});
