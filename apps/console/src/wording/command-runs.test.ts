import { expect, test } from '@jest/globals';

import type { ChargerCommand } from '#apps/backoffice/api-types.js';

import { commandRuns } from './command-runs.js';

const isAutomatic = (askedBy: string): boolean => askedBy === 'provisioning' || askedBy === 'circuits';

function asked(askedBy: string, state = 'answered', status = 'accepted'): ChargerCommand {
  return { id: `${askedBy}/${state}/${status}`, askedBy, state, result: { status } } as ChargerCommand;
}

test('what was asked by itself in a row is folded, with what went wrong counted; what people asked stands alone', () => {
  const set = asked('provisioning');
  const commands = [
    asked('ana'),
    asked('ana'),
    asked('ana'),
    set,
    asked('provisioning', 'answered', 'rejected'),
    asked('provisioning', 'waiting', 'accepted'),
    asked('provisioning', 'expired'),
    asked('circuits'),
    asked('circuits'),
  ];
  const runs = commandRuns(commands, isAutomatic);
  expect(runs.map((run) => run.commands.length)).toEqual([1, 1, 1, 4, 1, 1]);
  expect(runs[3]).toMatchObject({ failed: 2 });
  expect(runs.flatMap((run) => run.commands)).toEqual(commands);
});
