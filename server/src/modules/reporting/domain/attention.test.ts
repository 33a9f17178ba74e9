import { describe, expect, it } from 'vitest';
import type { ReportedCreative, ReportedDeployment } from '../ports.ts';
import { attentionList, type WatchedCampaign } from './attention.ts';

const now = new Date('2026-11-15T00:00:00.000Z');
const startAt = new Date('2026-11-10T00:00:00.000Z');
const endAt = new Date('2026-11-20T00:00:00.000Z');

const campaign = (more: Partial<WatchedCampaign> = {}): WatchedCampaign => ({
  id: 'cmp_one00000',
  name: 'FRN_US_CTV_2026_RidgeSeason',
  status: 'active',
  currency: 'USD',
  budgetMicros: 240_000_000,
  spentMicros: 120_000_000,
  startAt,
  endAt,
  createdAt: startAt,
  flights: [{ startAt, endAt, budgetMicros: 240_000_000, timeZone: 'UTC', pacing: 'even', dayparts: [] }],
  hours: [],
  ...more,
});
const creative = (more: Partial<ReportedCreative> = {}): ReportedCreative => ({
  id: 'crv_one00000',
  campaignId: 'cmp_one00000',
  name: 'Ridge Season 30 s',
  approval: 'approved',
  approvalAt: new Date('2026-11-12T00:00:00.000Z'),
  rejectionReason: null,
  isServable: true,
  isActive: true,
  qcBlocking: null,
  thumbnailUrl: null,
  simulated: false,
  ...more,
});
const deployment = (more: Partial<ReportedDeployment> = {}): ReportedDeployment => ({
  id: 'dep_one00000',
  campaignId: 'cmp_one00000',
  creativeName: 'Ridge Season 30 s',
  dspName: 'Amazon DSP',
  status: 'failed',
  detail: 'HTTP 400',
  since: new Date('2026-11-14T00:00:00.000Z'),
  simulated: true,
  ...more,
});
/** Half of the flight is over: half of its money. */
const planned = () => ({ leastMicros: 120_000_000, mostMicros: 120_000_000 });
const list = (more: Partial<Parameters<typeof attentionList>[0]> = {}) =>
  attentionList({
    now,
    campaigns: [campaign()],
    creatives: [creative()],
    deployments: [],
    planned,
    ...more,
  });
const kinds = (items: ReturnType<typeof list>) => items.map((item) => item.kind);

describe('attention list', () => {
  it('is empty when everything is on plan', () => {
    expect(list()).toEqual([]);
  });

  it('names a campaign that is behind, with the money it is behind', () => {
    expect(list({ campaigns: [campaign({ spentMicros: 90_000_000 })] })).toMatchObject([
      {
        kind: 'under_pacing',
        severity: 'warn',
        title: 'FRN_US_CTV_2026_RidgeSeason is 25.0 % behind',
        detail: 'Spent $90.00, its plan asks for $120.00',
        money: { micros: 30_000_000, currency: 'USD' },
        target: { kind: 'campaign', id: 'cmp_one00000' },
      },
    ]);
    expect(kinds(list({ campaigns: [campaign({ spentMicros: 150_000_000 })] }))).toEqual(['over_pacing']);
  });

  it('says that there is nothing to serve instead of that it is behind', () => {
    const items = list({
      campaigns: [campaign({ spentMicros: 0 })],
      creatives: [creative({ isServable: false })],
    });
    expect(items).toMatchObject([
      { kind: 'no_approved_creative', severity: 'block', money: { micros: 240_000_000, currency: 'USD' } },
    ]);
  });

  it('puts money beside a creative only while no other one runs', () => {
    const rejected = creative({
      id: 'crv_two00000',
      approval: 'rejected',
      rejectionReason: 'Wrong end card',
      isServable: false,
      simulated: true,
    });
    expect(list({ creatives: [creative(), rejected] })).toMatchObject([
      {
        kind: 'creative_rejected',
        severity: 'block',
        detail: 'Wrong end card · FRN_US_CTV_2026_RidgeSeason',
        money: null,
        since: '2026-11-12T00:00:00.000Z',
        simulated: true,
      },
    ]);
    const alone = list({ creatives: [rejected] }).find((item) => item.kind === 'creative_rejected');
    expect(alone?.money).toEqual({ micros: 120_000_000, currency: 'USD' });
  });

  it('names quality findings, approvals and deployments, most severe and newest first', () => {
    const items = list({
      creatives: [
        creative(),
        creative({
          id: 'crv_two00000',
          approval: 'submitted',
          isServable: false,
          qcBlocking: { since: new Date('2026-11-13T00:00:00.000Z'), detail: 'Loudness -19.8 LUFS' },
        }),
      ],
      deployments: [deployment(), deployment({ id: 'dep_two00000', status: 'rejected', since: now })],
    });
    expect(kinds(items)).toEqual([
      'deployment_rejected',
      'deployment_failed',
      'qc_blocking',
      'waiting_for_approval',
    ]);
    expect(items[0]).toMatchObject({ money: { micros: 120_000_000, currency: 'USD' }, simulated: true });
  });

  it('warns 48 hours before the end, not before', () => {
    const ending = (hours: number, spentMicros: number) => {
      const end = new Date(now.getTime() + hours * 3_600_000);
      return list({ campaigns: [campaign({ endAt: end, spentMicros })] });
    };
    expect(ending(49, 120_000_000)).toEqual([]);
    expect(ending(48, 120_000_000)).toMatchObject([
      { kind: 'ending_soon', severity: 'info', since: now.toISOString(), money: { micros: 120_000_000 } },
    ]);
  });

  it.each([
    ['paused', campaign({ status: 'paused', spentMicros: 0 })],
    ['over', campaign({ endAt: now, spentMicros: 0 })],
  ])('leaves a campaign alone that is %s', (_word, row) => {
    expect(list({ campaigns: [row], creatives: [] })).toEqual([]);
  });

  it.each(['archived', 'completed'])('shows nothing of what hangs on a campaign that is %s', (status) => {
    const creatives = [creative({ approval: 'rejected', isServable: false })];
    expect(list({ campaigns: [campaign({ status })], creatives, deployments: [deployment()] })).toEqual([]);
  });
});
