import { expect, test } from '@jest/globals';

import { collectWhileKilled } from '#test/load/killed-collections.js';

/**
 * Whole at 2,000 invoices, by `npm run bench -- collections-killed` or by this variable; fewer in the suite, for the
 * provider is asked 20 times a second and each debit asks it twice.
 */
const INVOICES = Number(process.env['CHAZEMO_STORY_INVOICES'] ?? 120);
const KILLS = 10;

test(`${INVOICES} invoices with 20 % failures and a worker killed ten times: every cent once`, async () => {
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  const end = await collectWhileKilled({ invoices: INVOICES, kills: KILLS, seed: 20_300_603, tell });
  tell(`the books after ${INVOICES} invoices and ${end.kills} kills, in ${end.seconds} s:`);
  for (const [kind, cents] of Object.entries(end.balances)) tell(`${kind.padEnd(12)} ${(cents / 100).toFixed(2)}`);
  expect(end).toMatchObject({
    kills: KILLS,
    settled: INVOICES * 0.8,
    inArrears: INVOICES * 0.2,
    wrongEnds: [],
    wrongDebits: [],
    wrongReceipts: [],
    numberGaps: [],
    wrongMails: [],
    ledgerProblems: [],
  });
  expect(end.processorCents).toBe(end.settledCents);
  expect(end.providerCents).toBe(end.settledCents);
}, 1_200_000);
