import { describe, expect, it } from 'vitest';
import { chooseInventory, type PackVerdict } from './destinations.ts';
import { buildTicket, lineItemFor, type TicketParts } from './ticket.ts';

const pack = (packId: string, verdict: PackVerdict['verdict']): PackVerdict => ({
  packId,
  verdict,
  blocks: verdict === 'block' ? 2 : 0,
});

describe('inventory', () => {
  it('takes streaming TV first, also from its second pack', () => {
    const olv = pack('amazon_olv', 'pass');
    expect(chooseInventory('amazon', [olv, pack('amazon_stv_prime_video', 'warn')])).toEqual({
      ok: true,
      inventory: 'streaming_tv',
      packId: 'amazon_stv_prime_video',
    });
    expect(
      chooseInventory('amazon', [
        pack('amazon_stv_prime_video', 'block'),
        pack('amazon_stv_third_party', 'pass'),
        olv,
      ]),
    ).toMatchObject({ inventory: 'streaming_tv', packId: 'amazon_stv_third_party' });
  });
  it('goes with online video when that is all that fits', () => {
    const verdicts = [
      pack('amazon_stv_prime_video', 'block'),
      pack('amazon_stv_third_party', 'block'),
      pack('amazon_olv', 'warn'),
    ];
    expect(chooseInventory('amazon', verdicts)).toMatchObject({ ok: true, inventory: 'online_video' });
  });
  it('names every pack that blocks, and takes no foreign pack for its own', () => {
    const verdicts = [
      pack('dv360', 'pass'),
      pack('amazon_stv_prime_video', 'block'),
      pack('amazon_olv', 'block'),
    ];
    expect(chooseInventory('amazon', verdicts)).toMatchObject({ ok: false, blocked: verdicts.slice(1) });
    expect(chooseInventory('amazon', [pack('dv360', 'pass')])).toEqual({ ok: false, blocked: [] });
  });
});

const parts: TicketParts = {
  campaign: {
    id: 'cmp_1',
    name: 'FRN_US_AMZ_2026_Ridge',
    objective: 'awareness',
    status: 'active',
    currency: 'USD',
  },
  lineItem: { id: 'li_1', name: 'FRN_US_AMZ_2026_Ridge_1', cpmMicros: 20_000_000, currency: 'USD' },
  flights: [
    {
      name: 'Flight 1',
      startAt: new Date('2026-12-01T05:00:00Z'),
      endAt: new Date('2026-12-11T05:00:00Z'),
      timeZone: 'America/New_York',
      budgetMicros: 5_000_000_000,
    },
  ],
  market: { countryCode: 'US', language: 'en-US' },
  creative: { id: 'crv_1', name: 'Ridge 15s', vastUrl: 'https://ads.example/vast/crv_1' },
  inventory: 'streaming_tv',
};

describe('ticket', () => {
  it('holds everything a platform is told', () => {
    expect(buildTicket(parts)).toEqual({
      campaignId: 'cmp_1',
      lineItemId: 'li_1',
      creativeId: 'crv_1',
      campaignName: 'FRN_US_AMZ_2026_Ridge',
      lineItemName: 'FRN_US_AMZ_2026_Ridge_1',
      creativeName: 'Ridge 15s',
      objective: 'awareness',
      inventory: 'streaming_tv',
      currency: 'USD',
      cpmMicros: 20_000_000,
      flights: [
        {
          name: 'Flight 1',
          startAt: '2026-12-01T05:00:00.000Z',
          endAt: '2026-12-11T05:00:00.000Z',
          timeZone: 'America/New_York',
          budgetMicros: 5_000_000_000,
        },
      ],
      countryCode: 'US',
      language: 'en-US',
      vastUrl: 'https://ads.example/vast/crv_1',
      impressionTrackingUrls: [],
      activate: true,
    });
  });
  it.each(['draft', 'paused', 'completed'])(
    'of a campaign that is %s asks for nothing to be set live',
    (status) => {
      expect(buildTicket({ ...parts, campaign: { ...parts.campaign, status } }).activate).toBe(false);
    },
  );
  it('runs under the line item of the creative, else under the oldest that is not over', () => {
    const item = (id: string, status: string, day: number) => ({
      id,
      status,
      createdAt: new Date(day * 86_400_000),
    });
    const items = [item('li_3', 'active', 3), item('li_1', 'completed', 1), item('li_2', 'paused', 2)];
    expect(lineItemFor('li_3', items)?.id).toBe('li_3');
    expect(lineItemFor('li_9', items)).toBeUndefined();
    expect(lineItemFor(null, items)?.id).toBe('li_2');
    expect(lineItemFor(null, [items[1]!])).toBeUndefined();
  });
});
