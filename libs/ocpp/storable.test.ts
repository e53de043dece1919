import { describe, expect, it } from '@jest/globals';

import { storable } from './storable.js';

describe('what can be stored', () => {
  it('is given back as it is', () => {
    const sent = { vendorId: 'x', data: ['é', '😀', { deep: [1, null, true] }] };
    expect(storable(sent)).toBe(sent);
  });

  it('shows U+0000 and lone surrogates, in keys and values at any depth, and keeps the rest', () => {
    const sent = { 'a\u0000': ['\ud800x', { '\udc00': 'y\u0000', whole: 7 }], other: null };
    expect(storable(sent)).toEqual({ 'a␀': ['\ufffdx', { '\ufffd': 'y␀', whole: 7 }], other: null });
    expect(storable('\u0000')).toBe('␀');
  });

  it('takes the proto of a frame for a key like any other', () => {
    const sent: unknown = JSON.parse('{"__proto__": {"a": "\\u0000"}}');
    expect(JSON.stringify(storable(sent))).toBe('{"__proto__":{"a":"␀"}}');
  });
});
