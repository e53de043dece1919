import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { ApiError } from '../api/problem.js';
import { errorWords } from '../parts/error-words.js';
import { wordsIn } from '../texts/words.js';
import { refusalText } from './refusal.js';

const pt = wordsIn('pt');
const en = wordsIn('en');

/** Every sentence in the bodies of `refusal…()`: that is what a workflow says when it refuses. */
function refusalsOf(flow: string): string[] {
  const path = fileURLToPath(new URL(`../../../../workflows/${flow}/state.ts`, import.meta.url));
  const bodies = readFileSync(path, 'utf8').matchAll(/^ {2}#?refusal\w+\(\): string \| null \{\n([\s\S]*?)^ {2}\}/gm);
  return [...bodies].flatMap(([, body = '']) =>
    [...body.matchAll(/'([A-Z][^']+)'|`([A-Z][^`]+)`/g)].map((match) =>
      (match[1] ?? match[2] ?? '').replaceAll(/\$\{[^}]+\}/g, 'collecting'),
    ),
  );
}

describe('a refusal of a workflow', () => {
  test.each([
    ['installation-month', 9],
    ['collection', 6],
    ['arrears', 5],
  ])('of %s is worded, whichever it is', (flow, least) => {
    const refusals = refusalsOf(flow);
    expect(refusals.length).toBeGreaterThanOrEqual(least);
    expect(refusals.filter((refusal) => refusalText(pt.t, refusal) === null)).toEqual([]);
  });

  test('is told in the language of the page, with the step it is in', () => {
    const refused = new ApiError(
      409,
      'refused-by-workflow',
      'There is nothing to try again: the month is in step collecting',
    );
    expect(errorWords(pt, refused)).toEqual({ text: 'Não há nada a repetir: está em «Cobrar».', detail: null });
    expect(errorWords(en, refused)).toEqual({
      text: 'There is nothing to try again: it is at “Collect”.',
      detail: null,
    });
  });

  test('names the step of a collection too', () => {
    expect(refusalText(pt.t, 'There is nothing to try again: the collection is in step processing')).toContain(
      'Débito no banco',
    );
  });

  test('that nobody has worded yet still says that the state changed', () => {
    const refused = new ApiError(409, 'refused-by-workflow', 'Brand new reason');
    expect(errorWords(pt, refused).text).toBe('O estado mudou entretanto e isto já não é possível.');
  });
});

describe('other refusals', () => {
  test('show no English on a Portuguese page', () => {
    const invalid = new ApiError(400, 'invalid-input', 'period: expected yyyy-mm', 'period');
    expect(errorWords(pt, invalid)).toEqual({ text: 'Há um valor que não serve.', detail: null });
    expect(errorWords(en, invalid).detail).toBe('period: expected yyyy-mm');
    const forbidden = new ApiError(403, 'not-allowed', 'Your role does not include month.read.');
    expect(errorWords(en, forbidden).detail).toBeNull();
  });
});
