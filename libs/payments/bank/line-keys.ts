import { createHash } from 'node:crypto';

import type { StatementLine } from './statement.js';

/**
 * The key of each line, in their order: account, day, amount, the bank's reference (and our id, where one booking holds
 * several payments; the text where there is no reference), and which of several alike it is. So a file that is imported
 * again, and one that tells of the same days, adds no line; two equal transfers of one day are two.
 */
export function lineKeys(account: string, lines: readonly StatementLine[]): string[] {
  const times = new Map<string, number>();
  return lines.map((line) => {
    const { bookedOn, amountCents, bankReference, endToEndId, text } = line;
    const said = bankReference === null ? ['text', text, endToEndId] : ['reference', bankReference, endToEndId];
    const identity = createHash('sha256')
      .update(JSON.stringify([account, ...said]))
      .digest('base64url');
    const alike = `${bookedOn}/${amountCents}/${identity}`;
    const time = (times.get(alike) ?? 0) + 1;
    times.set(alike, time);
    return `${alike}/${time}`;
  });
}
