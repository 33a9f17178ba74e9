import { describe, expect, it } from 'vitest';
import { canMove } from './campaign-status.ts';

const now = new Date('2026-11-21T09:00:00Z');
const later = new Date('2026-12-21T09:00:00Z');

describe('campaign status', () => {
  it('starts, pauses, completes and reopens', () => {
    expect(canMove('draft', 'active', now, later)).toEqual({ ok: true });
    expect(canMove('active', 'paused', now, later)).toEqual({ ok: true });
    expect(canMove('completed', 'active', now, later)).toEqual({ ok: true });
  });
  it('says what is allowed instead', () => {
    expect(canMove('draft', 'paused', now, later)).toEqual({
      ok: false,
      why: 'A campaign that is draft cannot become paused; it may become active.',
    });
  });
  it('does not start what has ended', () => {
    expect(canMove('paused', 'active', later, now)).toMatchObject({ ok: false });
  });
});
