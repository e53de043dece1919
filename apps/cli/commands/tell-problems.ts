import type { Problem } from '#libs/registry/tabular/table.js';

/** Tells by row and column what keeps a list out. */
export function tellProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  for (const { row, column, message } of problems) {
    process.stderr.write(`row ${row}${column === null ? '' : `, column ${column}`}: ${message}\n`);
  }
  process.stderr.write(`nothing was imported: ${problems.length} problems to mend\n`);
}
