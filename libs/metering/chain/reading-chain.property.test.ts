import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { chainStartLine, ChainFileCheck, sealLine } from './chain-file.js';
import type { BreakCode } from './check-chain.js';
import { CHAIN_START, extendChain, readingLine, type ChainedReading } from './reading-chain.js';

const reading = fc.record({
  connectorId: fc.integer({ min: 1, max: 2 }),
  transactionId: fc.option(fc.integer({ min: 1, max: 9 })),
  at: fc.date({ min: new Date('2026-06-01T00:00:00Z'), max: new Date('2026-06-30T00:00:00Z'), noInvalidDate: true }),
  importWh: fc.integer({ min: 0, max: 9_999_999 }),
  exportWh: fc.option(fc.integer({ min: 0, max: 99_999 })),
  context: fc.constantFrom('Sample.Periodic', 'Transaction.Begin'),
  messageSha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});

/** Readings of one charger with ascending ids, and after how many of them seals stand. */
const chain = fc
  .record({
    readings: fc.array(reading, { minLength: 3, maxLength: 30 }),
    steps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 }),
    sealAfter: fc.uniqueArray(fc.nat(29), { maxLength: 4 }),
  })
  .map(({ readings, steps, sealAfter }) => {
    let id = 0;
    const lines = readings.map((each, index): ChainedReading => {
      id += steps[index] ?? 1;
      return { ...each, id, chargerId: 'zcs1', messageId: 100 + index };
    });
    const last = lines.length - 1;
    return { lines, seals: [...new Set([...sealAfter.filter((at) => at < last), last])].sort((a, b) => a - b) };
  });

interface Chain {
  readonly lines: readonly ChainedReading[];
  readonly seals: readonly number[];
}

/** The seals, made over the true readings, each as a line of the file. */
function sealsOf({ lines, seals }: Chain): Map<number, string> {
  let head = CHAIN_START;
  const made = new Map<number, string>();
  for (const [index, each] of lines.entries()) {
    head = extendChain(head, each.id, readingLine(each));
    if (!seals.includes(index)) continue;
    made.set(each.id, sealLine({ chargerId: 'zcs1', ...head, sealedAt: new Date('2026-07-01T00:00:00Z') }));
  }
  return made;
}

/** Checks other readings against the seals of the true ones; each seal stands before the first id behind it. */
function check(found: readonly ChainedReading[], seals: ReadonlyMap<number, string>) {
  const file = new ChainFileCheck();
  file.add(chainStartLine({ chargerId: 'zcs1', ...CHAIN_START }));
  const waiting = [...seals];
  for (const each of found) {
    while (waiting[0] !== undefined && waiting[0][0] < each.id) file.add(waiting.shift()?.[1] ?? '');
    file.add(readingLine(each));
  }
  for (const [, line] of waiting) file.add(line);
  return file.finish();
}

/** The seal that covers a reading's place, and the one before it. */
function around({ lines, seals }: Chain, index: number) {
  const covering = seals.find((seal) => seal >= index) ?? NaN;
  const before = seals.findLast((seal) => seal < index);
  return { upToReadingId: lines[covering]?.id, afterReadingId: before === undefined ? 0 : lines[before]?.id };
}

function expectBreak(report: ReturnType<typeof check>, code: BreakCode, place: object): void {
  expect(report.breaks).toEqual([expect.objectContaining({ chargerId: 'zcs1', code, ...place })]);
  expect(report.faults).toEqual([]);
}

describe('a chain over readings', () => {
  test('as it was sealed, every seal matches', () => {
    fc.assert(
      fc.property(chain, (made) => {
        expect(check(made.lines, sealsOf(made))).toMatchObject({
          breaks: [],
          faults: [],
          readings: made.lines.length,
          seals: made.seals.length,
        });
      }),
    );
  });

  const changes: readonly ((one: ChainedReading) => ChainedReading)[] = [
    (one) => ({ ...one, importWh: one.importWh + 1 }),
    (one) => ({ ...one, exportWh: one.exportWh === null ? 0 : null }),
    (one) => ({ ...one, at: new Date(one.at.getTime() + 1) }),
    (one) => ({ ...one, connectorId: one.connectorId + 1 }),
    (one) => ({ ...one, transactionId: (one.transactionId ?? 0) + 10 }),
    (one) => ({ ...one, context: 'Other' }),
    (one) => ({ ...one, messageId: one.messageId + 1 }),
    (one) => ({ ...one, messageSha256: one.messageSha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }),
  ];

  test('a single changed reading is found, between the seals around it', () => {
    fc.assert(
      fc.property(chain, fc.nat(), fc.constantFrom(...changes), (made, pick, change) => {
        const index = pick % made.lines.length;
        const found = made.lines.map((each, at) => (at === index ? change(each) : each));
        expectBreak(check(found, sealsOf(made)), 'reading-changed', around(made, index));
      }),
    );
  });

  test('a single removed reading is found', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (made, pick) => {
        const index = pick % made.lines.length;
        const found = made.lines.filter((_, at) => at !== index);
        expectBreak(check(found, sealsOf(made)), 'reading-missing', around(made, index));
      }),
    );
  });

  test('a single added reading is found', () => {
    fc.assert(
      fc.property(chain, fc.nat(), reading, (made, pick, more) => {
        const index = pick % made.lines.length;
        // Even ids, so that there is a free one between any two.
        const doubled = made.lines.map((each) => Object.assign({}, each, { id: each.id * 2 }));
        const id = (doubled[index]?.id ?? 0) - 1;
        const added: ChainedReading = { ...more, id, chargerId: 'zcs1', messageId: 1 };
        const whole = doubled.flatMap((each, at) => (at === index ? [added, each] : [each]));
        const seals = sealsOf({ ...made, lines: doubled });
        expectBreak(check(whole, seals), 'reading-added', around({ ...made, lines: doubled }, index));
      }),
    );
  });

  test('two readings that changed places are found', () => {
    fc.assert(
      fc.property(chain, fc.nat(), fc.nat(), (made, one, two) => {
        const [a, b] = [one % made.lines.length, two % made.lines.length].sort((x, y) => x - y);
        const [first, second] = [made.lines[a ?? 0], made.lines[b ?? 0]];
        if (first === undefined || second === undefined || a === b) return;
        const found = made.lines.map((each, at) => {
          if (at === a) return { ...second, id: first.id };
          return at === b ? { ...first, id: second.id } : each;
        });
        const isSame = JSON.stringify({ ...first, id: 0 }) === JSON.stringify({ ...second, id: 0 });
        if (!isSame) expectBreak(check(found, sealsOf(made)), 'reading-changed', around(made, a ?? 0));
      }),
    );
  });

  test('a seal that was changed is told from readings that were, by the seals behind it', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (made, pick) => {
        fc.pre(made.seals.length > 1);
        const index = made.seals[pick % (made.seals.length - 1)] ?? 0;
        const id = made.lines[index]?.id ?? 0;
        const seals = sealsOf(made);
        seals.set(id, (seals.get(id) ?? '').replace(/"head":"../, '"head":"zz').replace('zz', 'ff'));
        fc.pre(seals.get(id) !== sealsOf(made).get(id));
        expectBreak(check(made.lines, seals), 'seal-changed', { upToReadingId: id });
      }),
    );
  });

  test('readings behind the last seal of a file are vouched for by nobody', () => {
    fc.assert(
      fc.property(chain, (made) => {
        const seals = sealsOf(made);
        const last = made.lines.at(-1)?.id ?? 0;
        seals.delete(last);
        expectBreak(check(made.lines, seals), 'unsealed', { upToReadingId: last });
      }),
    );
  });
});
