import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fiscalMoment, type FiscalMoment } from './fiscal-moment.js';
import { qrText } from './qr-text.js';
import { documentHash, fiscalAmount, isHashValid, printedHashCharacters, signedText } from './sign-document.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const cents = fc.integer({ min: -100_000_000, max: 100_000_000 });
const facts = fc.record({
  issueDate: fc.constantFrom('2026-07-01', '2026-12-31'),
  systemEntry: fc.constantFrom('2026-07-01T11:22:19', '2026-12-31T23:59:59'),
  numberText: fc.integer({ min: 1, max: 99_999 }).map((number) => `FT CZM2026/${number}`),
  grossCents: cents,
  previousHash: fc.constantFrom('', 'a'.repeat(172)),
});

describe('the hash of a document', () => {
  it('is 172 characters of base64 that only its own facts and key verify, whatever they are', () => {
    fc.assert(
      fc.property(facts, facts, (own, other) => {
        const hash = documentHash(own, privateKey);
        expect(hash).toMatch(/^[A-Za-z0-9+/]{171}=$/);
        expect(hash).toBe(documentHash(own, privateKey));
        expect(printedHashCharacters(hash)).toBe(`${hash[0]}${hash[10]}${hash[20]}${hash[30]}`);
        expect(isHashValid(own, hash, pem)).toBe(true);
        expect(isHashValid(other, hash, pem)).toBe(signedText(own) === signedText(other));
      }),
      { numRuns: 50 },
    );
  });

  it('is over an amount that reads back to the cent', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        expect(fiscalAmount(amount)).toMatch(/^\d+\.\d\d$/);
        expect(Math.round(Number(fiscalAmount(amount)) * 100)).toBe(Math.abs(amount));
      }),
    );
  });
});

describe('the QR text', () => {
  const tax = fc.record({
    code: fc.constantFrom('NOR', 'INT', 'RED', 'ISE'),
    netCents: fc.integer({ min: 0, max: 1_000_000 }),
    vatCents: fc.integer({ min: 0, max: 1_000_000 }),
  });

  it('has each code once, in order, and bases and taxes that add up, whatever the taxes', () => {
    fc.assert(
      fc.property(fc.array(tax, { maxLength: 6 }), fc.constantFrom('PT', 'PT-AC', 'PT-MA'), (taxes, region) => {
        const text = qrText({ ...QR, taxes, region });
        const fields = text.split('*').map((field) => field.split(':'));
        const codes = fields.map(([code]) => code ?? '');
        expect(codes).toEqual([...new Set(codes)].sort());
        const letter = { PT: 'I', 'PT-AC': 'J', 'PT-MA': 'K' }[region];
        expect(fields.find(([code]) => code === `${taxes.length === 0 ? 'I' : letter}1`)?.[1]).toBe(
          taxes.length === 0 ? '0' : region,
        );
        const sum = (digits: string) =>
          fields
            .filter(([code]) => code !== undefined && /^[IJK]/.test(code) && digits.includes(code[1] ?? ''))
            .reduce((total, [, value]) => total + Math.round(Number(value) * 100), 0);
        expect(sum('2357')).toBe(taxes.reduce((total, { netCents }) => total + netCents, 0));
        expect(sum('468')).toBe(
          taxes.reduce((total, { code, vatCents }) => total + (code === 'ISE' ? 0 : vatCents), 0),
        );
      }),
    );
  });

  const QR = {
    issuerNif: '509442013',
    customerNif: null,
    customerCountry: 'PT',
    type: 'FT',
    status: 'N',
    issueDate: '2026-07-01',
    numberText: 'FT CZM2026/1',
    atcud: '0',
    vatCents: 0,
    grossCents: 1,
    hashCharacters: null,
    certificate: '0',
  } as const;
});

describe('moments of a series', () => {
  it('never fall, in instants or in local time, whatever the clocks say', () => {
    const zone = fc.constantFrom('Europe/Lisbon', 'Atlantic/Azores', 'Europe/Oslo');
    /** Around the night in which the clocks are put back. */
    const instant = fc
      .integer({ min: 0, max: 4 * 3600 })
      .map((second) => new Date(Date.UTC(2026, 9, 24, 23) + second * 1000));
    fc.assert(
      fc.property(zone, fc.array(instant, { maxLength: 20 }), (timeZone, instants) => {
        let last: FiscalMoment | null = null;
        for (const now of instants) {
          const moment: FiscalMoment = fiscalMoment(now, timeZone, last);
          if (last !== null) {
            expect(moment.issuedAt >= last.issuedAt).toBe(true);
            expect(moment.systemEntry >= last.systemEntry).toBe(true);
          }
          expect(moment.issueDate).toBe(moment.systemEntry.slice(0, 10));
          last = moment;
        }
      }),
    );
  });
});
