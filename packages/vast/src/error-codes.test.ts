import { describe, expect, it } from 'vitest';
import { VAST_ERROR_CODES, vastErrorCode } from './error-codes.ts';

describe('the error codes', () => {
  it('are those of the standard, in order', () => {
    expect(VAST_ERROR_CODES.map(({ code }) => code)).toEqual([
      100, 101, 102, 200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 400, 401, 402, 403, 405, 406,
      407, 408, 409, 410, 411, 500, 501, 502, 503, 600, 601, 602, 603, 604, 900, 901, 902,
    ]);
  });

  it('are found by number', () => {
    expect(vastErrorCode(303)).toMatchObject({ area: 'wrapper', since: '3.0' });
    expect(vastErrorCode(404)).toBeUndefined();
  });
});
