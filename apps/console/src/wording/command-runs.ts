import type { ChargerCommand } from '#apps/backoffice/api-types.js';

/** Commands that stand together: one that somebody asked, or a run of those that one of our own parts asked in a row. */
export interface CommandRun {
  readonly commands: readonly ChargerCommand[];
  /** Of how many the charger did not do what it was asked; those that are not over do not count. */
  readonly failed: number;
}

/** So many in a row hide what people asked. */
const MANY = 3;
const GOOD = new Set(['accepted', 'scheduled']);

/** Folds what was asked by itself (`isAutomatic` of who asked) in runs of one asker; the order stays. */
export function commandRuns(
  commands: readonly ChargerCommand[],
  isAutomatic: (askedBy: string) => boolean,
): CommandRun[] {
  const runs: ChargerCommand[][] = [];
  for (const command of commands) {
    const last = runs.at(-1);
    if (last?.[0]?.askedBy === command.askedBy && isAutomatic(command.askedBy)) last.push(command);
    else runs.push([command]);
  }
  return runs
    .flatMap((run) => (run.length < MANY ? run.map((command) => [command]) : [run]))
    .map((run) => ({ commands: run, failed: run.filter(hasFailed).length }));
}

function hasFailed({ state, result }: ChargerCommand): boolean {
  if (state === 'waiting' || state === 'sent') return false;
  return state !== 'answered' || !GOOD.has(String(result?.status));
}
