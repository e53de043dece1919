import { describe, expect, test } from '@jest/globals';

import { ApiError } from './problem.js';

describe('ApiError', () => {
  test('keeps the code, the words and the field of a problem document', () => {
    const error = ApiError.fromAnswer(409, {
      type: '/problems/month-not-awaiting-approval',
      title: 'Conflict',
      status: 409,
      detail: 'The month is at rating.',
      field: 'cycleId',
    });
    expect(error).toMatchObject({
      status: 409,
      code: 'month-not-awaiting-approval',
      detail: 'The month is at rating.',
      field: 'cycleId',
    });
  });

  test('falls back to the title, then to the bare status', () => {
    expect(ApiError.fromAnswer(403, { type: '/problems/forbidden', title: 'Forbidden' }).detail).toBe('Forbidden');
    expect(ApiError.fromAnswer(502, '<html>Bad gateway</html>')).toMatchObject({
      status: 502,
      code: 'http-502',
      detail: '',
    });
    expect(ApiError.fromAnswer(500, null).code).toBe('http-500');
  });
});
