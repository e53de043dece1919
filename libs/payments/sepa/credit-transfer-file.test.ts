import { describe, expect, it } from '@jest/globals';

import { validateXml } from '#test/schemas/validate-xml.js';

import { customerReference, paymentReference } from '../payment-reference.js';
import {
  CREDIT_TRANSFER_VERSIONS,
  creditTransferFile,
  type CreditTransferOrder,
  type SepaFile,
} from './credit-transfer-file.js';

const IBAN = 'PT50000201231234567890154';
const creditor = { name: 'Condomínio do Edifício Água & Luz', iban: 'PT50 0027 0000 0001 2345 6783 3' };
const order: CreditTransferOrder = {
  messageId: 'payout-2026-07-1',
  createdAt: new Date('2026-08-03T10:11:12.345Z'),
  executionDate: '2026-08-04',
  debtor: { name: 'Cobrança Lda', iban: IBAN },
  transfers: [
    { endToEndId: '0190aa', amountCents: 123_456, creditor, text: 'Energia recuperada, junho de 2026 — «Garagem»' },
    {
      endToEndId: '0190ab',
      amountCents: 5,
      creditor: { name: 'Ana', iban: IBAN, bic: 'CGDIPTPL' },
      text: '',
      reference: paymentReference({ numberText: 'FT CZM2026/17' }),
    },
  ],
};

function fileOf(changed: Partial<CreditTransferOrder> = {}): SepaFile {
  const file = creditTransferFile({ ...order, ...changed });
  if ('refused' in file) throw new Error(file.refused.code);
  return file;
}

const codeOf = (changed: Partial<CreditTransferOrder>) => {
  const file = creditTransferFile({ ...order, ...changed });
  return 'refused' in file ? file.refused : null;
};

describe('creditTransferFile', () => {
  it.each(CREDIT_TRANSFER_VERSIONS)('is valid against the schema of %s', async (version) => {
    const plain = fileOf({ version });
    const withoutText = order.transfers.map((transfer) => ({ ...transfer, text: '' }));
    const documents = [plain.content, fileOf({ version, transfers: withoutText }).content];
    expect(await validateXml(version, documents)).toEqual([]);
  });

  it('tells that the validator does see a fault', async () => {
    const wrong = fileOf().content.replace('<PmtMtd>TRF</PmtMtd>', '<PmtMtd>DD</PmtMtd>');
    expect(await validateXml('pain.001.001.03', [wrong])).not.toEqual([]);
  });

  it('counts and sums what it holds, in characters that every bank takes', () => {
    const { content, count, sumCents } = fileOf();
    expect({ count, sumCents }).toEqual({ count: 2, sumCents: 123_461 });
    expect(content).toContain('<CtrlSum>1234.61</CtrlSum>');
    expect(content).toContain('<InstdAmt Ccy="EUR">0.05</InstdAmt>');
    expect(content).toContain('<Nm>Condominio do Edificio Agua + Luz</Nm>');
    expect(content).toContain('<Ustrd>Energia recuperada, junho de 2026 - .Garagem.</Ustrd>');
    expect(content).toContain('<IBAN>PT50002700000001234567833</IBAN>');
  });

  it('gives the same bytes for the same order', () => {
    expect(fileOf().content).toBe(fileOf().content);
  });

  it('refuses what a bank would, and says where', () => {
    const [first] = order.transfers;
    if (first === undefined) throw new Error('no transfer');
    const withFirst = (changed: object) => codeOf({ transfers: [{ ...first, ...changed }] });
    expect(codeOf({ transfers: [] })?.code).toBe('SEPA.NOTHING_TO_WRITE');
    expect(codeOf({ transfers: [first, first] })).toEqual({ code: 'SEPA.ID_TWICE', subject: '0190aa' });
    expect(codeOf({ messageId: 'a'.repeat(36) })?.code).toBe('SEPA.ID_INVALID');
    expect(codeOf({ executionDate: '2026-02-30' })?.code).toBe('SEPA.DATE_INVALID');
    expect(codeOf({ debtor: { name: 'Lda', iban: 'PT50000201231234567890155' } })).toEqual({
      code: 'SEPA.IBAN_INVALID',
      subject: 'file',
    });
    expect(withFirst({ amountCents: 0 })).toEqual({ code: 'SEPA.AMOUNT_INVALID', subject: '0190aa' });
    expect(withFirst({ endToEndId: '/x' })?.code).toBe('SEPA.ID_INVALID');
    expect(withFirst({ creditor: { name: ' ', iban: IBAN } })?.code).toBe('SEPA.NAME_MISSING');
    expect(withFirst({ creditor: { name: 'Ana', iban: IBAN, bic: 'X' } })?.code).toBe('SEPA.BIC_INVALID');
    const wrong = customerReference({ customerId: '1001' }).replace('1001', '1010');
    expect(withFirst({ reference: wrong })?.code).toBe('SEPA.REFERENCE_INVALID');
  });
});
