import { createLineItem, createPlacement } from '@cuepoint/contract';
import { REASONS } from '@cuepoint/decisioning';
import { describe, expect, it } from 'vitest';
import { demoApps, demoPlacements } from './demo-inventory.ts';
import { brokenLineItems } from './demo-reasons.ts';

const at = new Date('2026-11-22T09:00:00.000Z');
const campaign = { startAt: '2026-11-12T05:00:00.000Z', endAt: '2026-12-20T05:00:00.000Z' };
const placements = {
  pre: 'plc_1',
  mid: 'plc_2',
  film: 'plc_3',
  post: 'plc_4',
  live: 'plc_5',
  house: 'plc_6',
};
const broken = brokenLineItems(at, campaign, placements);

describe('the broken line items', () => {
  it('have one for each reason, named after it', () => {
    const reasons = broken.flatMap(({ reason }) => reason ?? []);
    expect(new Set(reasons).size).toBeGreaterThanOrEqual(20);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const { reason, input } of broken) {
      if (reason === null) continue;
      expect(REASONS).toContain(reason);
      expect(input.name).toContain(reason);
    }
    expect(new Set(broken.map(({ input }) => input.name)).size).toBe(broken.length);
  });

  it('are taken by the operation as they are', () => {
    for (const { input } of broken) {
      const parsed = createLineItem.input.safeParse({ campaignId: 'cmp_00000000000000000000', ...input });
      expect(parsed.error?.issues ?? [], input.name).toEqual([]);
    }
  });

  it('never meet the weekday of the day they are loaded, nor the next', () => {
    for (const day of [20, 21, 22, 23, 24, 25, 26]) {
      const on = new Date(Date.UTC(2026, 10, day, 23, 59));
      const [part] = brokenLineItems(on, campaign, placements).find(({ reason }) => reason === 'daypart')!
        .input.dayparts as Array<{ days: number[] }>;
      expect(part!.days).not.toContain(on.getUTCDay() || 7);
      expect(part!.days).not.toContain((on.getUTCDay() + 1) % 7 || 7);
    }
  });
});

it('has six placements in two apps that the operation takes', () => {
  expect(Object.keys(demoApps)).toHaveLength(2);
  expect(Object.keys(demoPlacements)).toHaveLength(6);
  for (const { input } of Object.values(demoPlacements)) {
    const parsed = createPlacement.input.safeParse({ publisherId: 'pub_00000000000000000000', ...input });
    expect(parsed.error?.issues ?? [], input.name).toEqual([]);
  }
});
