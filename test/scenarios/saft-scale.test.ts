import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { writeSaft } from '#libs/reporting/saft/write-saft.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SOFTWARE } from '#test/data/saft.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

const FEW = 1_000;
const MANY = 10_000;
const MIB = 1024 * 1024;
/** What goes by between two looks at what is held. Each look collects the garbage of the whole test process. */
const STEP_BYTES: Readonly<Record<number, number>> = { [FEW]: 2 * MIB, [MANY]: 8 * MIB };
const JULY = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
let folder: string;
let collect: () => void;

beforeAll(async () => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as () => void;
  folder = mkdtempSync(join(tmpdir(), 'saft-scale-'));
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  await issueAll(database.sql, cycleId, JULY);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

/** Copies of the golden invoice up to number `last`, each with its lines; unsigned, as from before signatures. */
async function upTo(last: number): Promise<void> {
  const columns = Object.keys(
    await database.sql.selectFrom('fiscal_document').selectAll().limit(1).executeTakeFirstOrThrow(),
  );
  const lineColumns = Object.keys(
    await database.sql.selectFrom('document_line').selectAll().limit(1).executeTakeFirstOrThrow(),
  ).filter((name) => name !== 'document_id');
  const own = new Set(['id', 'number', 'number_text', 'key', 'hash', 'hash_control', 'atcud', 'cycle_id']);
  const kept = raw.join(columns.filter((name) => !own.has(name)).map((name) => raw.ref(name)));
  const [into, ofLine] = ['', 'line.'].map((table) => raw.join(lineColumns.map((name) => raw.ref(table + name))));
  await database.tamper(async (trx) => {
    await raw`
      insert into fiscal_document (number, number_text, key, ${kept})
      select n, 'FT CZM2026/' || n, 'copy/' || n, ${kept}
      from fiscal_document golden, generate_series((select max(number) + 1 from fiscal_document), ${last}) n
      where golden.number = 1`.execute(trx);
    await raw`
      insert into document_line (document_id, ${into})
      select copy.id, ${ofLine}
      from document_line line, fiscal_document copy
      where line.document_id = (select id from fiscal_document where number = 1)
        and not exists (select from document_line own where own.document_id = copy.id)`.execute(trx);
  });
}

/** Passes bytes on, and after each step collects garbage and looks at what is left: the most that was ever held. */
function watched(stepBytes: number): { readonly stream: Transform; mostBytes: number } {
  let sinceBytes = 0;
  const watch = {
    mostBytes: 0,
    stream: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sinceBytes += chunk.length;
        if (sinceBytes > stepBytes) {
          sinceBytes = 0;
          collect();
          const { heapUsed, external } = process.memoryUsage();
          watch.mostBytes = Math.max(watch.mostBytes, heapUsed + external);
        }
        done(null, chunk);
      },
    }),
  };
  return watch;
}

async function writeAndCheck(last: number) {
  await upTo(last);
  const path = join(folder, `${last}.xml`);
  const writing = watched(STEP_BYTES[last] ?? MIB);
  const order = { issuerId: 'czm', period: '2026-07', software: TEST_SOFTWARE, now: JULY };
  const [result] = await Promise.all([
    writeSaft(database.sql, order, writing.stream),
    pipeline(writing.stream, createWriteStream(path)),
  ]);
  if ('refused' in result) throw new Error(result.refused.code);
  const reading = watched(STEP_BYTES[last] ?? MIB);
  const checked = await checkSaft(database.sql, createReadStream(path).pipe(reading.stream));
  return { written: result.ok, checked, mostBytes: { writing: writing.mostBytes, reading: reading.mostBytes } };
}

describe('a month of many documents', () => {
  it('is written and checked in memory that does not grow with them', async () => {
    const few = await writeAndCheck(FEW);
    const many = await writeAndCheck(MANY);
    expect(many.written.sales.entries).toBe(MANY);
    expect(many.checked).toMatchObject({ ok: { documents: MANY, problemCount: 0 } });
    expect(many.written.bytes / few.written.bytes).toBeGreaterThan(9);
    const most = many.written.bytes / 4;
    expect(many.mostBytes.writing - few.mostBytes.writing).toBeLessThan(most);
    expect(many.mostBytes.reading - few.mostBytes.reading).toBeLessThan(most);
  }, 300_000);
});
