import { createHash } from 'node:crypto';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { chainedMessages } from '#libs/metering/chain/read-chain.js';
import { inOneSnapshot, type Sql } from '#libs/persistence/database.js';

import { archivedReadings } from './archive-chain.js';
import { archivedCorrections } from './archive-corrections.js';
import { archivedChargers, archivedMonth, archivedSpans, type ArchivedMonth, type NotSealed } from './archive-facts.js';
import { ARCHIVE_FORMAT } from './archive-manifest.js';
import { archiveReadme, CHAIN_RULE, FILES, type FileName } from './archive-readme.js';
import { documentsJson, imputedCsv, linesCsv } from './archive-tables.js';
import { archivedCalendars, archivedPrices, archivedRegistry } from './archive-tariff.js';
import { writeZip, type ArchiveFile, type WrittenFile } from './archive-zip.js';

export interface ArchiveOptions {
  readonly cycleId: string;
  /** Name and version of the program, for the manifest. */
  readonly program: string;
  /** Told what is written. */
  readonly onFile?: (name: string) => void;
}

export interface WrittenArchive {
  readonly files: readonly WrittenFile[];
  readonly bytes: number;
  /** SHA-256 of the whole archive: whoever hands it over says this number, too. */
  readonly sha256: string;
}

/**
 * Writes an installation's month as one zip for an auditor: readings with their chain and what people said about them,
 * raw messages, calendars, prices, who held what, lines, shared charges, documents, postings, a manifest with the SHA-256
 * of each. All of one moment (one snapshot); the same facts give the same bytes. Readings that came after the month was
 * rated are not in it. Streamed: memory holds some thousand rows. Ends `target`.
 */
export async function writeMonthArchive(
  sql: Sql,
  options: ArchiveOptions,
  target: Writable,
): Promise<{ ok: WrittenArchive } | { refused: NotSealed }> {
  return await inOneSnapshot(sql, async (trx) => {
    const month = await archivedMonth(trx, options.cycleId);
    if ('refused' in month) return month;
    const files = await archiveFiles(trx, month.ok, options);
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    const [written] = await Promise.all([writeZip(files, month.ok.endsAt, counted), pipeline(counted, target)]);
    return { ok: { files: written, bytes, sha256: hash.digest('hex') } };
  });
}

async function archiveFiles(trx: Sql, month: ArchivedMonth, options: ArchiveOptions): Promise<ArchiveFile[]> {
  const chargers = await archivedChargers(trx, month);
  const spans = await archivedSpans(trx, month, chargers);
  const file = (name: FileName, chunks: ArchiveFile['chunks']): ArchiveFile => ({
    name,
    async *chunks(written) {
      options.onFile?.(name);
      yield* chunks(written);
    },
  });
  return [
    file('README.txt', () => whole(archiveReadme(month))),
    file('readings.ndjson', () => lineByLine(archivedReadings(trx, spans))),
    file('corrections.ndjson', () => lineByLine(archivedCorrections(trx, month, chargers))),
    file('messages.ndjson', () => lineByLine(chainedMessages(trx, spans))),
    file('calendars.json', () => json(archivedCalendars(trx, month))),
    file('prices.json', () => json(archivedPrices(trx, month))),
    file('registry.json', () => json(archivedRegistry(trx, month, chargers))),
    file('lines.csv', () => linesCsv(trx, month)),
    file('imputed.csv', () => imputedCsv(trx, month)),
    file('documents.json', () => documentsJson(trx, month)),
    file('manifest.json', (written) => json(Promise.resolve(manifestOf(month, options.program, written)))),
  ];
}

async function* whole(text: string): AsyncGenerator<string> {
  yield text;
}

async function* json(value: Promise<unknown>): AsyncGenerator<string> {
  yield `${JSON.stringify(await value, null, 2)}\n`;
}

async function* lineByLine(pages: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.map((line) => `${line}\n`).join('');
}

function manifestOf(month: ArchivedMonth, program: string, written: readonly WrittenFile[]) {
  return {
    format: ARCHIVE_FORMAT,
    program,
    installation: { id: month.installationId, name: month.installationName, timeZone: month.timeZone },
    period: month.period,
    startsAt: month.startsAt,
    endsAt: month.endsAt,
    cycle: {
      id: month.cycleId,
      closedAt: month.closedAt,
      ratedAt: month.ratedAt,
      totalWh: month.totalWh,
      totalCents: month.totalCents,
      unattributedWh: month.unattributedWh,
      billCents: month.billCents,
      billSource: month.billSource,
      ratedUpToReadingId: month.upToReadingId,
      readingsSeal: month.readingsSeal,
    },
    chain: CHAIN_RULE,
    files: written.map((entry) => ({ ...entry, what: FILES[entry.name as FileName][1] })),
  };
}
