import { ChainFileCheck, type ChainFileReport } from '#libs/metering/chain/chain-file.js';
import { readingsSealOf } from '#libs/metering/chain/reading-chain.js';

import { manifestSchema, type Manifest } from './archive-manifest.js';
import { FILES } from './archive-readme.js';
import { chainProblem, faultProblem, ProblemList, type AuditProblem } from './audit-problem.js';
import { checkDocuments, checkLines } from './check-amounts.js';
import { MessageCheck } from './check-messages.js';
import { linesOf, OpenArchive, type ReadFile } from './open-archive.js';

export interface Verified {
  /** Installation and period; null where the file does not say. */
  readonly about: string | null;
  readonly chargers: number;
  readonly readings: number;
  readonly seals: number;
  readonly messages: number;
  readonly lines: number;
  readonly documents: number;
  readonly problems: readonly AuditProblem[];
  /** All that were found; of many of one kind the first are listed. */
  readonly problemCount: number;
}

const NOTHING = { about: null, chargers: 0, readings: 0, seals: 0, messages: 0, lines: 0, documents: 0 } as const;

/** A file of chained readings alone: the chain and its seals. Memory holds one charger's head. */
export async function verifyReadings(chunks: AsyncIterable<Buffer>, file: string): Promise<Verified> {
  const problems = new ProblemList();
  const chain = new ChainFileCheck();
  for await (const line of linesOf(chunks)) chain.add(line);
  const report = chain.finish();
  tellChain(report, problems, file);
  if (report.chargers === 0) {
    problems.add({ code: 'malformed', file, place: 'the whole file', detail: 'holds no chain of readings' });
  }
  const { chargers, readings, seals } = report;
  return { ...NOTHING, chargers, readings, seals, problems: problems.list, problemCount: problems.count };
}

/**
 * An archive of a month, with nothing but the file: the SHA-256 of each file, the chain and every seal, every message,
 * the cents of each line, the sums. What does not match is listed with file and place. Throws for what is no zip.
 */
export async function verifyArchive(path: string): Promise<Verified> {
  const archive = await OpenArchive.open(path);
  try {
    return await new Verification(archive).run();
  } finally {
    archive.close();
  }
}

class Verification {
  readonly #archive: OpenArchive;
  readonly #problems = new ProblemList();
  readonly #sums = new Map<string, string>();
  readonly #looked = new Set<string>();

  constructor(archive: OpenArchive) {
    this.#archive = archive;
  }

  async run(): Promise<Verified> {
    const manifest = await this.#manifest();
    if (manifest === null) return { ...NOTHING, problems: this.#problems.list, problemCount: this.#problems.count };
    this.#files(manifest);
    const { report, messages } = await this.#readings();
    const seal = readingsSealOf(report.heads);
    if (seal !== manifest.cycle.readingsSeal) {
      this.#problems.add({
        code: 'readings-seal-differs',
        file: 'readings.ndjson',
        place: 'the last seal of each charger',
        detail:
          `the month was rated from ${manifest.cycle.readingsSeal}, the file holds ${seal}: a charger's chain is ` +
          'missing or another, or a charger was given to or taken from the installation after the month was rated',
      });
    }
    const lines = await this.#read('lines.csv', (file) => checkLines(file.chunks(), manifest, this.#problems));
    const documents = await this.#read('documents.json', (file) => checkDocuments(file.lines(), this.#problems));
    await this.#otherFiles(manifest);
    this.#compareSums(manifest);
    return {
      about: `${manifest.installation.name} (${manifest.installation.id}), ${manifest.period}`,
      chargers: report.chargers,
      readings: report.readings,
      seals: report.seals,
      messages,
      lines: lines ?? 0,
      documents: documents ?? 0,
      problems: this.#problems.list,
      problemCount: this.#problems.count,
    };
  }

  async #manifest(): Promise<Manifest | null> {
    const text = await this.#read('manifest.json', (file) => file.text());
    if (text === null) return null;
    try {
      return manifestSchema.parse(JSON.parse(text));
    } catch {
      const detail = 'is not the manifest of a month: nothing else can be verified';
      this.#problems.add({ code: 'malformed', file: 'manifest.json', place: 'the whole file', detail });
      return null;
    }
  }

  #files(manifest: Manifest): void {
    const listed = new Set(['manifest.json', ...manifest.files.map((file) => file.name)]);
    for (const name of Object.keys(FILES)) {
      if (listed.has(name)) continue;
      const detail = 'is not listed in the manifest';
      this.#problems.add({ code: 'file-missing', file: name, place: 'the manifest', detail });
    }
    for (const name of this.#archive.names) {
      if (listed.has(name)) continue;
      const detail = 'is not listed in the manifest: it is no part of the month';
      this.#problems.add({ code: 'file-added', file: name, place: 'the archive', detail });
    }
  }

  async #readings(): Promise<{ report: ChainFileReport; messages: number }> {
    const chain = new ChainFileCheck();
    const messages = await this.#read('messages.ndjson', async (messageFile) => {
      const check = new MessageCheck(messageFile.lines(), this.#problems);
      await this.#read('readings.ndjson', async (file) => {
        for await (const line of file.lines()) {
          const reading = chain.add(line);
          if (reading !== null) await check.compare(reading);
        }
      });
      await check.finish();
      return check.count;
    });
    const report = chain.finish();
    tellChain(report, this.#problems, 'readings.ndjson');
    return { report, messages: messages ?? 0 };
  }

  /** Those whose content nothing else looks at. */
  async #otherFiles(manifest: Manifest): Promise<void> {
    for (const { name } of manifest.files) {
      if (this.#looked.has(name)) continue;
      await this.#read(name, async (file) => {
        for await (const chunk of file.chunks()) void chunk;
      });
    }
  }

  async #read<T>(name: string, use: (file: ReadFile) => Promise<T>): Promise<T | null> {
    this.#looked.add(name);
    try {
      const file = await this.#archive.read(name);
      if (file === null) {
        this.#problems.add({ code: 'file-missing', file: name, place: 'the archive', detail: 'is not there' });
        return null;
      }
      const result = await use(file);
      this.#sums.set(name, file.sha256());
      return result;
    } catch (error) {
      const detail = `cannot be unpacked or read: ${error instanceof Error ? error.message : String(error)}`;
      this.#problems.add({ code: 'unreadable', file: name, place: 'the whole file', detail });
      return null;
    }
  }

  #compareSums(manifest: Manifest): void {
    for (const { name, sha256 } of manifest.files) {
      const found = this.#sums.get(name);
      if (found === undefined || found === sha256) continue;
      const detail = `its SHA-256 is ${found}, the manifest says ${sha256}`;
      this.#problems.add({ code: 'file-changed', file: name, place: 'the whole file', detail });
    }
  }
}

function tellChain(report: ChainFileReport, problems: ProblemList, file: string): void {
  for (const found of report.breaks) problems.add(chainProblem(found, file));
  for (const fault of report.faults) problems.add(faultProblem(fault, file));
}
