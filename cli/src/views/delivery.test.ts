import type { Explanation, Focus } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { debugTokenView, explanationView } from './delivery.ts';

const ad = (position: number, startMs: number, durationMs: number, priceMicros: number) => ({
  position,
  startMs,
  durationMs,
  lineItemId: `li_${position}`,
  lineItemName: `Line ${position}`,
  campaignId: 'cmp_1',
  creativeId: `crv_${position}`,
  creativeName: `Spot ${position}`,
  adDomain: `brand-${position}.example`,
  categories: ['IAB17'],
  priceMicros,
  currency: 'USD',
});
const excluded = (name: string, reason: string, actual: string) => ({
  lineItemId: 'li_9',
  lineItemName: name,
  campaignId: 'cmp_1',
  step: 'targeting' as const,
  reason,
  reasons: [
    { reason, required: 'country in {IS}', actual },
    { reason: 'no_budget', required: '0.02', actual: '0' },
  ],
  unread: [],
});
const focus: Focus = {
  lineItemId: 'li_9',
  lineItemName: 'Iceland only',
  campaignId: 'cmp_1',
  served: false,
  reasons: [{ reason: 'geo', required: 'country in {IS}', actual: 'country US' }],
  rulesAsked: 20,
  rulesHeld: 19,
  edits: [
    {
      field: 'targeting',
      sentence: 'Add US to the countries.',
      from: ['IS'],
      to: ['IS', 'US'],
      operation: { id: 'campaigns.updateLineItem', input: {} },
    },
  ],
  editsVerified: true,
  unread: [],
  countersNow: null,
  noEdit: null,
};
const answer = (over: Partial<Explanation> = {}): Explanation => ({
  decisionId: 'dec_1',
  requestId: 'demo-1',
  at: '2026-11-30T17:00:00.000Z',
  snapshotHash: 'ab'.repeat(32),
  seed: '0x7',
  replay: { state: 'exact', detail: 'Made again.' },
  request: {
    placementId: 'plc_1',
    placementName: 'Mid-roll',
    minDurationMs: 1,
    maxDurationMs: 60_000,
    isPod: true,
    maxAds: 4,
    facts: { country: ['US'], genre: ['drama', 'crime'] },
    identityKind: 'none',
    floorCpmMicros: 0,
    floorCurrency: 'USD',
    withheld: ['segment:us_privacy'],
  },
  candidates: 5,
  served: 2,
  reason: null,
  funnel: [
    { step: 'candidates', count: 5, lost: [] },
    { step: 'caps_and_pacing', count: 2, lost: [{ reason: 'geo', count: 3 }] },
  ],
  excluded: [
    excluded('Full', 'pod_full', 'break has 4'),
    excluded('Iceland only', 'geo', 'country US'),
    excluded('Iceland too', 'geo', 'country US'),
  ],
  excludedTotal: 4,
  focus: null,
  pod: {
    durationMs: 60_000,
    filledMs: 45_500,
    ads: [ad(1, 0, 15_500, 24_100), ad(2, 15_500, 30_000, 20_000)],
    backups: [ad(3, 0, 15_000, 18_000)],
    method: 'search',
    gap: 0,
  },
  tookMs: 1,
  ...over,
});
const shown = (over: Partial<Explanation> = {}, plain = false) => explanationView(answer(over), { plain });

describe('why, for people', () => {
  it('says what was asked and served, by which steps, at which offset and for how much', () => {
    const text = shown();
    expect(text).toContain('dec_1, request demo-1');
    expect(text).toMatch(/asked +a break of 60 s, at most 4 ads/);
    expect(text).toMatch(/facts +country US; genre drama, crime/);
    expect(text).toMatch(/withheld +segment:us_privacy/);
    expect(text).toMatch(/caps and pacing +2 {2}geo 3/);
    expect(text).toMatch(/1 +0:00 +15\.5 s +Line 1 +Spot 1 +brand-1\.example +USD 0\.024100/);
    expect(text).toMatch(/2 +0:15\.500 +30 s +Line 2/);
    expect(text).toMatch(/back-up +15 s +Line 3/);
    expect(text).toContain('45.5 s of 60 s filled for USD 0.044100; no fill is worth more');
  });

  it('draws the break to scale, unsold time as dots', () => {
    const line = /^0:00 (.*) 1:00$/m.exec(shown())?.[1] ?? '';
    // 15.5, 30 and 14.5 of 60 seconds in 60 characters, and the end.
    expect(line).toBe(`|1${'='.repeat(14)}|2${'='.repeat(28)}${'.'.repeat(14)}|`);
  });

  it('counts who stayed out by the first reason, with what the nearest lacked', () => {
    const [, table] = shown().split('Left out: ');
    expect(table).toMatch(/^4 line items, by their first reason, 1 of them not listed/);
    expect(table).toMatch(/geo +2 +Iceland only +country in \{IS\} +country US/);
    expect(table!.indexOf('geo')).toBeLessThan(table!.indexOf('pod_full'));
  });

  it('gives every reason of the line item that was named, and the smallest edit', () => {
    const text = shown({ focus });
    expect(text).toContain('Iceland only (li_9) did not serve: 19 of 20 rules held');
    expect(text).toContain('Smallest edit, with it the line item serves, as tried:');
    expect(text).toContain('targeting: ["IS"] -> ["IS","US"] by campaigns.updateLineItem');
    expect(shown({ focus: { ...focus, edits: [], noEdit: 'Its flight is over.' } })).toContain(
      'No edit: Its flight is over.',
    );
    expect(shown({ focus: { ...focus, served: true, reasons: [] } })).toContain('served: all 20 rules held');
  });

  it('says what was not read, what the verification rests on, and how it stands now', () => {
    const unread: Focus['unread'] = ['budget', 'frequency_cap'];
    const countersNow = {
      at: '2026-11-30T18:00:00.000Z',
      impressionsLeft: 12,
      passRate: 0.25,
      exposuresLeft: null,
    };
    const text = shown({ focus: { ...focus, unread, countersNow } });
    expect(text).toContain('as tried, provided that budget and frequency cap allowed it:');
    expect(text).toContain('Not read at this decision and taken as without limit: budget and frequency cap.');
    expect(text).toContain('As of now, 2026-11-30T18:00:00.000Z: 12 impressions left, pass rate 25.0 %');
    expect(shown({ focus })).not.toContain('Not read');
  });

  it('has a form for one ad, for none, and for all of it', () => {
    const request = { ...answer().request, isPod: false, maxAds: 1, maxDurationMs: 30_000 };
    const none = { ...answer().pod, ads: [], backups: [] };
    const empty = shown({ request, reason: 'no_line_item', pod: none, excluded: [], decisionId: null });
    expect(empty).toMatch(/asked +one ad of at most 30 s/);
    expect(empty).toMatch(/served +no ad: no_line_item/);
    expect(empty).not.toContain('Left out');
    const long = [excluded('Name '.repeat(20).trim(), 'geo', 'here')];
    expect(shown({ excluded: long })).toContain('…');
    expect(shown({ excluded: long }, true)).not.toContain('…');
  });
});

describe('a debug token', () => {
  it('comes with the call that uses it', () => {
    const text = debugTokenView({
      token: 'k1.acc_1.z.tag',
      header: 'X-Cuepoint-Debug',
      expiresAt: '2026-11-30T17:00:00.000Z',
      tagUrl: 'https://ads.example/vast?pl=main',
    });
    expect(text).toContain('2026-11-30T17:00:00.000Z');
    expect(text).toContain(
      "curl -s -o /dev/null -D - -H 'X-Cuepoint-Debug: k1.acc_1.z.tag' 'https://ads.example/vast?pl=main'",
    );
  });
});
