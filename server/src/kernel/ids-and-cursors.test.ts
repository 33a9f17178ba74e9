import { randomBytes } from 'node:crypto';
import { CampaignId, type IdKind, idPrefixes } from '@cuepoint/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { createIds } from './ids.ts';

const clockAt = (ms: () => number) => ({ now: () => new Date(ms()) });

describe('ids', () => {
  it('sort by the millisecond they were made, whatever the random part is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_500_000_000_000, max: 4_000_000_000_000 }),
        fc.integer({ min: 1, max: 1e9 }),
        (at, later) => {
          let now = at;
          const ids = createIds(
            clockAt(() => now),
            randomBytes,
          );
          const first = ids.next('campaign');
          now += later;
          expect(first < ids.next('campaign')).toBe(true);
        },
      ),
    );
  });

  it('are unique within one millisecond and fit the contract', () => {
    const ids = createIds(
      clockAt(() => 1_700_000_000_000),
      randomBytes,
    );
    const made = new Set(Array.from({ length: 20_000 }, () => ids.next('campaign')));
    expect(made.size).toBe(20_000);
    for (const id of [...made].slice(0, 100)) expect(CampaignId.safeParse(id).success).toBe(true);
    for (const kind of Object.keys(idPrefixes) as IdKind[])
      expect(ids.next(kind)).toMatch(/^[a-z]{2,3}_[0-9a-z]{20}$/);
    expect(new Set(Object.values(idPrefixes)).size).toBe(Object.keys(idPrefixes).length);
  });
});

describe('a cursor', () => {
  const refused = (text: string, keyOf?: Parameters<typeof decodeCursor>[1]) => {
    try {
      decodeCursor(text, keyOf);
    } catch (error) {
      if (AppError.is(error)) return error.fields?.[0]?.field;
    }
    return 'taken';
  };

  it('comes back as it was made', () => {
    const text = fc.stringMatching(/^[ -~äöü]{0,60}$/);
    fc.assert(
      fc.property(text, text, (key, id) => {
        expect(decodeCursor(encodeCursor({ key, id }))).toEqual({ key, id });
      }),
    );
    expect(decodeCursor(undefined)).toBeNull();
  });

  it('of anything else is refused by name, never a fault', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          decodeCursor(text, 'instant');
        } catch (error) {
          expect(AppError.is(error) && error.code).toBe('input.invalid');
        }
      }),
    );
    const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const value of [
      ['a'],
      ['a', 1],
      [null, 'b'],
      {},
      'a',
      ['a', 'b', 'c'],
      ['\0', 'b'],
      ['a', '\ud800'],
    ]) {
      expect(refused(of(value)), JSON.stringify(value)).toBe('cursor');
    }
  });

  it('of a list in another order is refused', () => {
    const instant = encodeCursor({ key: '2026-11-21T09:00:00.000Z', id: 'cmp_1' });
    const text = encodeCursor({ key: 'Ridge', id: 'cmp_1' });
    const integer = encodeCursor({ key: '5000000', id: 'cmp_1' });
    expect([refused(instant, 'instant'), refused(integer, 'integer'), refused(text)]).toEqual([
      'taken',
      'taken',
      'taken',
    ]);
    for (const wrong of [text, integer]) expect(refused(wrong, 'instant')).toBe('cursor');
    for (const wrong of [text, instant]) expect(refused(wrong, 'integer')).toBe('cursor');
    const impossible = encodeCursor({ key: '2026-13-41T09:00:00.000Z', id: 'cmp_1' });
    expect(refused(impossible, 'instant')).toBe('cursor');
  });
});
