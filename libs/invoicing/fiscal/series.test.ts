import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { CERTIFIED_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { issueCreditNote } from '../issue-credit-note.js';
import { listSeries, registerSeries, unregisteredSeries, yearsNeeded, type SeriesRegistration } from './series.js';

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
let cycleId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
});
afterEach(() => database.drop());

const register = (order: Partial<SeriesRegistration> = {}) =>
  database.sql.transaction().execute((trx) =>
    registerSeries(trx, {
      issuerId: 'czm',
      type: 'FT',
      code: 'CZM2026',
      validationCode: 'CSDF7T5H',
      by: 'ines',
      now: NOW,
      ...order,
    }),
  );

describe('series of the tax authority', () => {
  it('are those that the issuer needs this year, and from December on the next', async () => {
    expect(yearsNeeded(new Date('2026-11-30T23:59:59Z'))).toEqual([2026]);
    expect(yearsNeeded(new Date('2026-12-01T00:00:00Z'))).toEqual([2026, 2027]);
    const names = async (now: Date) =>
      (await unregisteredSeries(database.sql, now)).map((row) => `${row.type} ${row.code}`);
    expect(await names(NOW)).toEqual(['FR CZM2026', 'FT CZM2026', 'NC CZM2026', 'RG CZM2026']);
    await register();
    expect(await names(NOW)).toEqual(['FR CZM2026', 'NC CZM2026', 'RG CZM2026']);
    expect(await names(new Date('2026-12-01T00:00:00Z'))).toHaveLength(7);
    await register({ code: 'CZM2027' });
    expect(await names(new Date('2026-12-01T00:00:00Z'))).toHaveLength(6);
    await database.sql.updateTable('issuer').set({ country: 'ES' }).execute();
    expect(await names(NOW)).toEqual([]);
  });

  it('registered after documents were issued begin with the next one', async () => {
    const documentId = (await issueAll(database.sql, cycleId, NOW)).get('1001') ?? '';
    expect(await register()).toEqual({ ok: { firstNumber: 2 } });
    expect(await register()).toEqual({ ok: { firstNumber: 2 } });
    expect((await listSeries(database.sql, [])).map((row) => [row.code, row.validationCode, row.registeredBy])).toEqual(
      [['CZM2026', 'CSDF7T5H', 'ines']],
    );
    await register({ type: 'NC', validationCode: 'NCDF7T5H' });
    const order = {
      documentId,
      key: 'a',
      choice: 'whole',
      reason: 'erro',
      now: NOW,
      signer: CERTIFIED_SIGNER,
    } as const;
    await database.sql.transaction().execute((trx) => issueCreditNote(trx, order));
    const atcuds = await database.sql.selectFrom('fiscal_document').select('atcud').orderBy('type').execute();
    expect(atcuds.map(({ atcud }) => atcud)).toEqual(['0', 'NCDF7T5H-1']);
    expect(await register({ type: 'NC', validationCode: 'OTHER123' })).toEqual({
      refused: { code: 'SERIES.REGISTERED', validationCode: 'NCDF7T5H' },
    });
  });

  it('refuse what is no series, no code or no issuer', async () => {
    expect(await register({ validationCode: 'x' })).toMatchObject({ refused: { code: 'SERIES.CODE_INVALID' } });
    expect(await register({ code: 'ABC2026' })).toMatchObject({ refused: { code: 'SERIES.UNKNOWN' } });
    expect(await register({ type: 'XX' })).toMatchObject({ refused: { code: 'SERIES.UNKNOWN' } });
    expect(await register({ issuerId: 'nobody' })).toMatchObject({ refused: { code: 'SERIES.NO_ISSUER' } });
    await register({ validationCode: 'MISTYPED' });
    expect(await register()).toEqual({ ok: { firstNumber: 1 } });
  });
});
