import { pipeline } from 'node:stream/promises';

import { parse } from 'csv-parse';
import { z } from 'zod';

import { sum } from '#libs/imputation/sum.js';
import { roundToCents } from '#libs/rating/register.js';

import type { Manifest } from './archive-manifest.js';
import type { ProblemList } from './audit-problem.js';

const LINES = 'lines.csv';
const DOCUMENTS = 'documents.json';

const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);
const lineSchema = z.object({
  chargerId: z.string(),
  label: z.string(),
  direction: z.enum(['import', 'export']),
  wh: integer,
  microsPerKWh: integer,
  isAveragePrice: z.enum(['true', 'false']),
  cents: integer,
});

/** Each line with one price is Wh × price, rounded half up once; the lines add up to the month's totals. */
export async function checkLines(
  chunks: AsyncIterable<Buffer>,
  manifest: Manifest,
  problems: ProblemList,
): Promise<number> {
  let count = 0;
  let totalWh = 0;
  let totalCents = 0;
  await pipeline(chunks, parse({ columns: true, relax_column_count: true }), async (rows) => {
    for await (const row of rows as AsyncIterable<unknown>) {
      count += 1;
      const { data: line } = lineSchema.safeParse(row);
      if (line === undefined) {
        problems.add({ code: 'malformed', file: LINES, place: `row ${count}`, detail: 'is no rated line' });
        continue;
      }
      totalWh += line.wh;
      totalCents += line.cents;
      checkLine(line, count, problems);
    }
  });
  const { cycle } = manifest;
  for (const [what, sum, total] of [
    ['Wh', totalWh, cycle.totalWh],
    ['cents', totalCents, cycle.totalCents],
  ] as const) {
    if (sum === total) continue;
    const detail = `the lines add up to ${sum} ${what}, the month says ${total}`;
    problems.add({ code: 'total-differs', file: LINES, place: `sum of ${what}`, detail });
  }
  return count;
}

/** The cents of several prices are sums of their own: `microsPerKWh` is then only their average. */
function checkLine(line: z.infer<typeof lineSchema>, row: number, problems: ProblemList): void {
  const expected = roundToCents(line.wh, line.microsPerKWh, line.direction);
  if (line.isAveragePrice === 'true' || line.cents === expected) return;
  problems.add({
    code: 'line-amount',
    file: LINES,
    place: `row ${row}, charger ${line.chargerId}, ${line.label}`,
    detail: `${line.wh} Wh × ${line.microsPerKWh} micros per kWh are ${expected} cents, not ${line.cents}`,
  });
}

const documentSchema = z.object({
  document: z.object({
    number_text: z.string(),
    net_cents: z.int(),
    vat_cents: z.int(),
    gross_cents: z.int(),
    vat_groups: z.array(z.object({ netCents: z.int(), vatCents: z.int() })),
  }),
  lines: z.array(z.object({ net_cents: z.int() })),
});
const entrySchema = z.object({
  entry: z.object({ key: z.string() }),
  postings: z.array(z.object({ amountCents: z.int() })),
});

/** A document is the sum of its lines and of its VAT groups; the postings of an entry sum to zero. */
export async function checkDocuments(lines: AsyncIterable<string>, problems: ProblemList): Promise<number> {
  let count = 0;
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (['[', ']', '[]', ''].includes(text)) continue;
    const value = parseElement(text);
    const { data: document } = documentSchema.safeParse(value);
    const { data: entry } = entrySchema.safeParse(value);
    if (document !== undefined) {
      count += 1;
      checkDocument(document, problems);
    } else if (entry === undefined) {
      const detail = 'is neither a document nor a journal entry';
      problems.add({ code: 'malformed', file: DOCUMENTS, place: `line ${number}`, detail });
    } else {
      const cents = sum(entry.postings, (posting) => posting.amountCents);
      const detail = `its postings sum to ${cents} cents, not to zero`;
      if (cents !== 0)
        problems.add({ code: 'total-differs', file: DOCUMENTS, place: `entry ${entry.entry.key}`, detail });
    }
  }
  return count;
}

function parseElement(text: string): unknown {
  try {
    return JSON.parse(text.replace(/,$/, ''));
  } catch {
    return null;
  }
}

function checkDocument({ document, lines }: z.infer<typeof documentSchema>, problems: ProblemList): void {
  const { net_cents: net, vat_cents: vat, gross_cents: gross, vat_groups: groups } = document;
  const sums = [
    ['net of its lines', sum(lines, (line) => line.net_cents), net],
    ['net of its VAT groups', sum(groups, (group) => group.netCents), net],
    ['VAT of its groups', sum(groups, (group) => group.vatCents), vat],
    ['net and VAT', net + vat, gross],
  ] as const;
  for (const [what, found, total] of sums) {
    if (found === total) continue;
    const detail = `${what}: ${found} cents, the document says ${total}`;
    problems.add({ code: 'total-differs', file: DOCUMENTS, place: document.number_text, detail });
  }
}
