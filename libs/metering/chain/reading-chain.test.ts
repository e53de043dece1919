import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { ChainFileCheck } from './chain-file.js';
import { CHAIN_START, extendChain, readingLine, readingsSealOf } from './reading-chain.js';

const READING = {
  id: 7,
  chargerId: 'zcs031903',
  connectorId: 1,
  transactionId: 417,
  at: new Date('2026-06-01T00:00:00+01:00'),
  importWh: 1_204_500,
  exportWh: null,
  context: 'Sample.Clock',
  messageId: 5,
  messageSha256: 'ab'.repeat(32),
} as const;

const byHand = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

describe('the form of a reading', () => {
  test('is this line, for ever: seals stand on it', () => {
    expect(readingLine(READING)).toBe(
      '{"id":7,"charger":"zcs031903","connector":1,"transaction":417,"at":"2026-05-31T23:00:00.000Z",' +
        '"importWh":1204500,"exportWh":null,"context":"Sample.Clock","message":5,' +
        `"messageSha256":"${'ab'.repeat(32)}"}`,
    );
  });

  test('hash n is SHA-256 of hash n-1, a line feed and the line', () => {
    const one = extendChain(CHAIN_START, 7, 'first');
    const two = extendChain(one, 9, 'segunda à parte');
    expect(one).toEqual({ readings: 1, upToReadingId: 7, head: byHand(`${'0'.repeat(64)}\nfirst`) });
    expect(two).toEqual({ readings: 2, upToReadingId: 9, head: byHand(`${one.head}\nsegunda à parte`) });
  });

  test('the seal over several chargers does not depend on their order', () => {
    const [a, b] = [
      { chargerId: 'a', head: '1'.repeat(64) },
      { chargerId: 'b', head: '2'.repeat(64) },
    ];
    expect(readingsSealOf([b, a])).toBe(byHand(`a ${a.head}\nb ${b.head}\n`));
    expect(readingsSealOf([a, b])).toBe(readingsSealOf([b, a]));
  });
});

describe('a file of chained readings', () => {
  const check = (...lines: string[]) => {
    const file = new ChainFileCheck();
    for (const line of lines) file.add(line);
    return file.finish();
  };

  test('a line that is nothing of it is named by its number', () => {
    expect(check('not JSON', '{"seal":1}', '[]').faults.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  test('a reading before its chain has begun, a seal of another charger, a charger twice', () => {
    const start = (charger: string) => JSON.stringify({ chain: { charger, ...CHAIN_START } });
    const seal = JSON.stringify({ seal: { charger: 'b', ...CHAIN_START, sealedAt: '2026-07-01T00:00:00.000Z' } });
    const { faults } = check(readingLine(READING), start('a'), seal, start('a'));
    expect(faults).toEqual([
      { line: 1, problem: expect.stringContaining('zcs031903') },
      { line: 3, problem: expect.stringContaining('charger b') },
      { line: 4, problem: expect.stringContaining('second time') },
    ]);
  });
});
