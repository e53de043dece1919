import { describe, expect, it } from '@jest/globals';

import { atcudOf, isValidationCode } from './atcud.js';
import { invoiceTypeOf, type InvoiceTypeFacts } from './document-type.js';
import { fiscalMoment } from './fiscal-moment.js';
import { qrText, type QrFacts } from './qr-text.js';
import { signedText } from './sign-document.js';
import { taxNumberOf } from './tax-number.js';

describe('the signed text', () => {
  it('is the example of the tax authority, which ends in a semicolon: the first document of its series', () => {
    expect(
      signedText({
        issueDate: '2010-05-18',
        systemEntry: '2010-05-18T11:22:19',
        numberText: 'FAC 001/14',
        grossCents: 312,
        previousHash: '',
      }),
    ).toBe('2010-05-18;2010-05-18T11:22:19;FAC 001/14;3.12;');
  });

  it('has a credit note’s total positive', () => {
    const facts = { issueDate: '2026-07-01', systemEntry: '2026-07-01T06:00:00', numberText: 'NC CZM2026/1' };
    expect(signedText({ ...facts, grossCents: -5, previousHash: 'abc=' })).toBe(
      '2026-07-01;2026-07-01T06:00:00;NC CZM2026/1;0.05;abc=',
    );
  });
});

/** The worked examples of the tax authority's QR specification, section 5. */
const EXAMPLE: QrFacts = {
  issuerNif: '123456789',
  customerNif: null,
  customerCountry: 'PT',
  type: 'FS',
  status: 'N',
  issueDate: '2019-08-12',
  numberText: 'FS CDVF/12345',
  atcud: 'CDF7T5HD-12345',
  region: 'PT',
  taxes: [{ code: 'NOR', netCents: 65, vatCents: 15 }],
  vatCents: 15,
  grossCents: 80,
  hashCharacters: 'YhGV',
  certificate: '9999',
  other: 'NU;0.80',
};

describe('the QR text', () => {
  it('is example 2 of the specification: a simplified invoice', () => {
    expect(qrText(EXAMPLE)).toBe(
      'A:123456789*B:999999990*C:PT*D:FS*E:N*F:20190812*G:FS CDVF/12345*H:CDF7T5HD-12345*I1:PT*I7:0.65*I8:0.15*N:0.15*O:0.80*Q:YhGV*R:9999*S:NU;0.80',
    );
  });

  it('is example 3: every rate', () => {
    const { other, ...facts } = EXAMPLE;
    expect(other).toBe('NU;0.80');
    expect(
      qrText({
        ...facts,
        issuerNif: '500000000',
        customerNif: '123456789',
        type: 'PF',
        issueDate: '2019-01-23',
        numberText: 'PF G2019CB/145789',
        atcud: 'HB6FT7RV-145789',
        taxes: [
          { code: 'NOR', netCents: 3_242_569, vatCents: 745_791 },
          { code: 'INT', netCents: 5_278_900, vatCents: 686_257 },
          { code: 'RED', netCents: 1_253_265, vatCents: 75_196 },
          { code: 'ISE', netCents: 1_234_534, vatCents: 0 },
        ],
        vatCents: 1_507_244,
        grossCents: 12_516_512,
        hashCharacters: 'r/fY',
      }),
    ).toBe(
      'A:500000000*B:123456789*C:PT*D:PF*E:N*F:20190123*G:PF G2019CB/145789*H:HB6FT7RV-145789*I1:PT*I2:12345.34*I3:12532.65*I4:751.96*I5:52789.00*I6:6862.57*I7:32425.69*I8:7457.91*N:15072.44*O:125165.12*Q:r/fY*R:9999',
    );
  });

  it('is example 4: no tax stated; and example 5: tax of another country', () => {
    const { other, ...facts } = EXAMPLE;
    expect(other).toBe('NU;0.80');
    const transport = { type: 'GT', issueDate: '2019-07-20', numberText: 'GT G234CB/50987', atcud: 'GTVX4Y8B-50987' };
    expect(
      qrText({
        ...facts,
        ...transport,
        issuerNif: '500000000',
        taxes: [],
        vatCents: 0,
        grossCents: 0,
        hashCharacters: '5uIg',
      }),
    ).toBe(
      'A:500000000*B:999999990*C:PT*D:GT*E:N*F:20190720*G:GT G234CB/50987*H:GTVX4Y8B-50987*I1:0*N:0.00*O:0.00*Q:5uIg*R:9999',
    );
    const french = { customerNif: '4443332215', customerCountry: 'FR', type: 'FT', region: 'FR' };
    expect(
      qrText({
        ...facts,
        ...french,
        issueDate: '2019-05-26',
        numberText: 'ABC BNH/4561',
        atcud: 'DK5ZJ2HN-4561',
        taxes: [{ code: 'NOR', netCents: 10_000, vatCents: 2_000 }],
        vatCents: 2_000,
        grossCents: 12_000,
        hashCharacters: 'YJRE',
      }),
    ).toBe(
      'A:123456789*B:4443332215*C:FR*D:FT*E:N*F:20190526*G:ABC BNH/4561*H:DK5ZJ2HN-4561*I1:FR*I7:100.00*I8:20.00*N:20.00*O:120.00*Q:YJRE*R:9999',
    );
  });

  it('has blocks of their own for the Azores and Madeira', () => {
    expect(qrText({ ...EXAMPLE, region: 'PT-AC' })).toContain('*J1:PT-AC*J7:0.65*J8:0.15*');
    expect(qrText({ ...EXAMPLE, region: 'PT-MA' })).toContain('*K1:PT-MA*K7:0.65*K8:0.15*');
  });

  it('refuses what would break it', () => {
    expect(() => qrText({ ...EXAMPLE, numberText: 'FS A*B/1' })).toThrow('QR field G');
    expect(() => qrText({ ...EXAMPLE, taxes: [{ code: 'OUT', netCents: 1, vatCents: 0 }] })).toThrow('"OUT"');
  });
});

describe('the ATCUD', () => {
  it('is code and number without zeros, and 0 before the series was registered', () => {
    expect(atcudOf({ validationCode: 'CSDF7T5H', firstNumber: 1 }, 35)).toBe('CSDF7T5H-35');
    expect(atcudOf({ validationCode: null, firstNumber: 1 }, 35)).toBe('0');
    expect(atcudOf({ validationCode: 'CSDF7T5H', firstNumber: 36 }, 35)).toBe('0');
    expect(['CSDF7T5H', 'csdf7t5h', 'CSDF7T', 'CSDF-7T5H'].map(isValidationCode)).toEqual([true, false, false, false]);
  });
});

describe('the tax number of a customer', () => {
  it('is checked where it is Portuguese; without one it is a final consumer', () => {
    expect(taxNumberOf({ nif: '123456789', country: 'PT' })).toEqual({ number: '123456789', isFinalConsumer: false });
    expect(taxNumberOf({ nif: null, country: 'PT' })).toEqual({ number: '999999990', isFinalConsumer: true });
    expect(taxNumberOf({ nif: '123456780', country: 'PT' })).toEqual({
      refused: { code: 'CUSTOMER.NIF_INVALID', nif: '123456780' },
    });
    expect(taxNumberOf({ nif: 'FR4443332215', country: 'FR' })).toMatchObject({ isFinalConsumer: false });
  });
});

describe('the type of an invoice', () => {
  const facts: InvoiceTypeFacts = {
    isPortuguese: true,
    simplified: 'other',
    isFinalConsumer: true,
    grossCents: 10_000,
    issueDate: '2026-07-01',
    paidAheadCents: 0,
  };

  it('is simplified up to the limit, for final consumers, where the issuer wants it', () => {
    expect(invoiceTypeOf(facts)).toBe('FS');
    expect(invoiceTypeOf({ ...facts, grossCents: 10_001 })).toBe('FT');
    expect(invoiceTypeOf({ ...facts, grossCents: 10_001, simplified: 'retailer' })).toBe('FS');
    expect(invoiceTypeOf({ ...facts, isFinalConsumer: false })).toBe('FT');
    expect(invoiceTypeOf({ ...facts, simplified: 'never' })).toBe('FT');
    expect(invoiceTypeOf({ ...facts, issueDate: '2012-12-31' })).toBe('FT');
  });

  it('is its own receipt when the balance pays all of it, and never outside Portugal', () => {
    expect(invoiceTypeOf({ ...facts, paidAheadCents: 10_000 })).toBe('FR');
    expect(invoiceTypeOf({ ...facts, paidAheadCents: 9_999, isFinalConsumer: false })).toBe('FT');
    expect(invoiceTypeOf({ ...facts, paidAheadCents: 10_000, isPortuguese: false })).toBe('FT');
  });
});

describe('the moment of issue', () => {
  it('is in the issuer’s zone: the last minute of the year in Lisbon is the same year in the Azores', () => {
    const instant = new Date('2026-12-31T23:59:30Z');
    expect(fiscalMoment(instant, 'Europe/Lisbon', null)).toMatchObject({
      systemEntry: '2026-12-31T23:59:30',
      issueDate: '2026-12-31',
    });
    expect(fiscalMoment(new Date('2027-01-01T00:30:00Z'), 'Atlantic/Azores', null).issueDate).toBe('2026-12-31');
    expect(fiscalMoment(new Date('2027-01-01T00:30:00Z'), 'Europe/Lisbon', null).issueDate).toBe('2027-01-01');
  });

  it('stands still in the hour that the clock is put back', () => {
    const first = fiscalMoment(new Date('2026-10-25T00:50:00Z'), 'Europe/Lisbon', null);
    expect(first.systemEntry).toBe('2026-10-25T01:50:00');
    const second = fiscalMoment(new Date('2026-10-25T01:10:00Z'), 'Europe/Lisbon', first);
    expect(second).toMatchObject({ systemEntry: '2026-10-25T01:50:00', issuedAt: new Date('2026-10-25T01:10:00Z') });
  });
});
