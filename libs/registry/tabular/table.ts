import type { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import type { Sheet, SheetRow } from './sheet.js';

export interface Column {
  readonly name: string;
  readonly required: boolean;
  /** What a person writes there, for the template's second line and the help. */
  readonly example: string;
  /** What it means, for the template's sheet of explanations. */
  readonly about?: { readonly pt: string; readonly en: string };
  /** All that may stand there. */
  readonly values?: readonly string[];
}

/** Why a row cannot be imported: nothing of the file is, until all are mended. */
export interface Problem {
  readonly row: number;
  readonly column: string | null;
  readonly message: string;
}

export interface Change {
  readonly row: number;
  readonly action: 'create' | 'change' | 'same';
  readonly what: string;
}

export interface ImportOptions {
  /** Create what a row names and does not exist yet. */
  readonly create: boolean;
  /** The installation of rows that name none. */
  readonly installationId: string | null;
  readonly now: Date;
  /** Who imports, for what is stored with a name. */
  readonly by?: string;
  readonly hashPassword: (password: string) => Promise<string>;
}

/** One row's deed: what it changed, or why it cannot. */
export type RowResult = { readonly change: Change } | { readonly problem: Problem };

/** A kind of list that can be imported: its columns, the shape of a row, and what a row does. */
export interface Table<Row> {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly schema: z.ZodType<Row, Record<string, string | undefined>>;
  /** Whole rows as a person would write them, by column. */
  readonly examples?: readonly Readonly<Record<string, string>>[];
  /** A column that the header lacks is undefined to the schema, and so not the same as an empty cell. */
  readonly absentIsUndefined?: boolean;
  apply(trx: Sql, row: Row, number: number, options: ImportOptions): Promise<RowResult>;
  /**
   * Looks at the whole once every row could be applied, in the same transaction and on a dry run too: what shows only
   * then (sums, gaps, what an open month would become). Any problem keeps everything out.
   */
  finish?(trx: Sql, options: ImportOptions): Promise<readonly Problem[]>;
}

export interface ImportResult<Effect = unknown> {
  readonly imported: boolean;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** What the import does to what follows from the list, where it was asked for. */
  readonly effects: readonly Effect[];
}

/** Looks at what follows from a list, before and after the rows, inside the import's transaction. */
export interface Preview<State, Effect> {
  look(trx: Sql): Promise<State>;
  effects(before: State, after: State): readonly Effect[];
}

/** More problems than these tell a person nothing new. */
export const MAX_PROBLEMS = 200;

export const problemAt = (row: number, column: string | null, message: string): RowResult => ({
  problem: { row, column, message },
});
export const changeOf = (row: number, action: Change['action'], what: string): RowResult => ({
  change: { row, action, what },
});

function missingColumns<Row>(table: Table<Row>, sheet: Sheet): Problem[] {
  return table.columns
    .filter((column) => column.required && !sheet.header.includes(column.name))
    .map((column) => ({ row: 0, column: column.name, message: 'the column is missing in the header' }));
}

/** Why the cells of a row cannot be told apart, or null. */
export function surplusProblem({ row, surplus }: SheetRow): Problem | null {
  if (surplus === 0) return null;
  return { row, column: null, message: 'has more cells than the header: put a number with a comma in quotes' };
}

function parseRow<Row>(table: Table<Row>, sheetRow: SheetRow): { row: Row } | { problems: Problem[] } {
  const { row, cells } = sheetRow;
  const surplus = surplusProblem(sheetRow);
  if (surplus !== null) return { problems: [surplus] };
  const told = table.columns.filter(({ name }) => table.absentIsUndefined !== true || cells[name] !== undefined);
  const known = Object.fromEntries(told.map(({ name }) => [name, cells[name] ?? '']));
  const parsed = table.schema.safeParse(known);
  if (parsed.success) return { row: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => ({
      row,
      column: issue.path[0] === undefined ? null : String(issue.path[0]),
      message: issue.message,
    })),
  };
}

class RolledBack extends Error {}

/**
 * Imports a sheet, all or nothing: with any problem, or on a dry run, the transaction is rolled back and the result
 * says what would have changed. The dry run is the same path.
 */
export async function importSheet<Row, State, Effect>(
  sql: Sql,
  table: Table<Row>,
  sheet: Sheet,
  options: ImportOptions & { readonly dryRun: boolean; readonly preview?: Preview<State, Effect> },
): Promise<ImportResult<Effect>> {
  const changes: Change[] = [];
  const problems: Problem[] = missingColumns(table, sheet);
  let effects: readonly Effect[] = [];
  if (problems.length > 0) return { imported: false, changes, problems, effects };
  try {
    const { preview } = options;
    // Both looks see the same readings: whatever comes in between is no effect of the import.
    const isolation = preview === undefined ? 'read committed' : 'repeatable read';
    const transaction = sql.transaction().setIsolationLevel(isolation);
    await transaction.execute(async (trx) => {
      const before = preview === undefined ? null : { state: await preview.look(trx) };
      await applyRows(trx, table, sheet, options, { changes, problems });
      if (problems.length === 0 && before !== null && preview !== undefined) {
        effects = preview.effects(before.state, await preview.look(trx));
      }
      if (problems.length > 0 || options.dryRun) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    return { imported: false, changes, problems, effects };
  }
  return { imported: true, changes, problems, effects };
}

async function applyRows<Row>(
  trx: Sql,
  table: Table<Row>,
  sheet: Sheet,
  options: ImportOptions,
  { changes, problems }: { changes: Change[]; problems: Problem[] },
): Promise<void> {
  for (const sheetRow of sheet.rows) {
    if (problems.length >= MAX_PROBLEMS) return;
    const parsed = parseRow(table, sheetRow);
    if ('problems' in parsed) {
      problems.push(...parsed.problems);
      continue;
    }
    const result = await table.apply(trx, parsed.row, sheetRow.row, options);
    if ('problem' in result) problems.push(result.problem);
    else changes.push(result.change);
  }
  if (problems.length === 0) problems.push(...((await table.finish?.(trx, options)) ?? []));
}
