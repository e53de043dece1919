import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { encodeWindows1252, fiscalText } from './fiscal-text.js';
import { xmlText } from './xml.js';

describe('fiscalText', () => {
  it('keeps what Windows-1252 has, and replaces the rest in a defined way', () => {
    expect(fiscalText('Açúcar – 5 €, “sim” Œ', 100)).toBe('Açúcar – 5 €, “sim” Œ');
    expect(fiscalText('A\u0301gua', 100)).toBe('Água');
    expect(fiscalText('Łódź ≥ 3 − 1', 100)).toBe('Lódz >= 3 - 1');
    expect(fiscalText('Иван 😀', 100)).toBe('???? ?');
    expect(fiscalText('ﬁm', 100)).toBe('fim');
  });

  it('is one line, no longer than allowed, and never empty', () => {
    expect(fiscalText('  a\t\r\n b\u0000 ', 100)).toBe('a b');
    expect(fiscalText('abc def', 4)).toBe('abc');
    expect(fiscalText(' ', 10)).toBe('Desconhecido');
    expect(fiscalText(null, 10, 'x')).toBe('x');
  });

  it('can always be written, whatever it was', () => {
    const decoder = new TextDecoder('windows-1252');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 12, max: 60 }), (text, most) => {
        const fiscal = fiscalText(text, most);
        expect(decoder.decode(encodeWindows1252(fiscal))).toBe(fiscal);
        expect(fiscalText(fiscal, most)).toBe(fiscal);
      }),
    );
  });
});

describe('xmlText', () => {
  it('escapes, leaves out what is null, and has one element a line', () => {
    expect(xmlText(['a', [['b', '1 < 2 & 3 > "2"'], null, ['c', []]]])).toBe(
      '<a>\n  <b>1 &lt; 2 &amp; 3 &gt; "2"</b>\n  <c>\n  </c>\n</a>\n',
    );
  });
});
