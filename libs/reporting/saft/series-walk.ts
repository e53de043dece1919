import { sql as raw } from 'kysely';

import { isHashValid } from '#libs/invoicing/fiscal/sign-document.js';
import type { Sql } from '#libs/persistence/database.js';

import { monthDocuments, monthReceipts, type SaftScope } from './load-saft.js';
import type { ReadDocument } from './read-document.js';
import type { SaftProblem } from './saft-problem.js';

/** A series in the month, as the database has it. */
interface MonthSeries {
  readonly series: string;
  readonly first: number;
  readonly last: number;
  /** Hash of the document before the month's first one; empty where there is none. */
  readonly hashBefore: string;
}

/** Where the file is in a series. */
interface Position {
  number: number;
  hash: string;
}

/**
 * Follows the file through its series: numbers from the month's first to its last without gaps, and each hash over the
 * document as the file has it and the hash before it.
 */
export class SeriesWalk {
  readonly #positions = new Map<string, Position>();

  private constructor(
    private readonly month: ReadonlyMap<string, MonthSeries>,
    private readonly keys: ReadonlyMap<string, string>,
    private readonly publicKey: string | undefined,
  ) {}

  static async over(trx: Sql, scope: SaftScope, publicKey: string | undefined): Promise<SeriesWalk> {
    const { rows } = await raw<MonthSeries>`
      select series.type || ' ' || series.code as series, month.first, month.last,
        coalesce(before.hash, '') as "hashBefore"
      from (
        select document.series_id, min(document.number) as first, max(document.number) as last
        from ${monthDocuments(scope)} group by document.series_id
        union all
        select receipt.series_id, min(receipt.number), max(receipt.number)
        from ${monthReceipts(scope)} group by receipt.series_id) month
      join document_series series on series.id = month.series_id
      left join fiscal_document before on before.series_id = series.id and before.number = month.first - 1`.execute(
      trx,
    );
    const keys = await trx.selectFrom('fiscal_key').select(['version', 'public_key']).execute();
    const keyMap = new Map(keys.map((key) => [key.version, key.public_key]));
    return new SeriesWalk(new Map(rows.map((row) => [row.series, row])), keyMap, publicKey);
  }

  follow(batch: readonly { readonly document: ReadDocument }[]): SaftProblem[] {
    return batch.flatMap(({ document }) => this.#next(document));
  }

  #next(document: ReadDocument): SaftProblem[] {
    const { series, number, numberText: subject, line, hash } = document;
    const known = this.month.get(series);
    const before = this.#positions.get(series) ?? { number: (known?.first ?? 1) - 1, hash: known?.hashBefore ?? '' };
    const problems: SaftProblem[] = [];
    if (number <= before.number) {
      problems.push({ code: 'SERIES.ORDER', subject, line, detail: `after number ${before.number}` });
    } else if (number > before.number + 1) {
      problems.push({ code: 'SERIES.GAP', subject, line, detail: `number ${before.number + 1} is missing` });
    }
    if (hash !== '' && hash !== '0') problems.push(...this.#hashProblems(document, before.hash));
    this.#positions.set(series, { number, hash: hash === '0' ? '' : hash });
    return problems;
  }

  #hashProblems(document: ReadDocument, previousHash: string): SaftProblem[] {
    const { numberText: subject, line, hash, hashControl } = document;
    const key = this.publicKey ?? this.keys.get(hashControl);
    if (key === undefined) {
      return [{ code: 'DOCUMENT.KEY_UNKNOWN', subject, line, detail: `key version ${hashControl}` }];
    }
    const { grossCents } = document;
    if (Number.isSafeInteger(grossCents) && isHashValid({ ...document, previousHash }, hash, key)) return [];
    return [{ code: 'DOCUMENT.HASH_INVALID', subject, line, detail: 'it is not what was signed' }];
  }

  /** What the month has after the last document of the file. */
  end(): SaftProblem[] {
    return [...this.month.values()].flatMap(({ series, first, last }) => {
      const reached = this.#positions.get(series)?.number ?? first - 1;
      if (reached >= last) return [];
      const detail = `numbers ${reached + 1} to ${last} are not in the file`;
      return [{ code: 'DOCUMENT.MISSING', subject: series, line: null, detail } as const];
    });
  }
}
