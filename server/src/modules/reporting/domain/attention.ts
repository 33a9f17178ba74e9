import type { Dashboard } from '@cuepoint/contract';
import type { PacedWindow } from '#modules/campaigns';
import type { ReportedCreative, ReportedDeployment } from '../ports.ts';
import { type PlannedRange, paceOf, paceSince } from './pace.ts';

export type AttentionItem = Dashboard['attention'][number];

/** Longer lists are not read; the count of a bigger one would say nothing more. */
export const MAX_ATTENTION = 200;
const ENDING_MS = 48 * 60 * 60 * 1000;

export interface WatchedCampaign {
  id: string;
  name: string;
  status: string;
  currency: string;
  budgetMicros: number;
  spentMicros: number;
  startAt: Date;
  endAt: Date;
  createdAt: Date;
  flights: readonly PacedWindow[];
  /** Spend by UTC hour, for when a deviation began; needed only for campaigns off their pace. */
  hours: ReadonlyArray<{ hour: Date; spentMicros: number }>;
}

/**
 * What needs a person, most severe first, then newest first. Money at stake is what the campaign can still spend, or how
 * far it is off its pace; a creative's item has none while another approved creative of its campaign runs.
 */
export function attentionList(input: {
  now: Date;
  campaigns: readonly WatchedCampaign[];
  creatives: readonly ReportedCreative[];
  deployments: readonly ReportedDeployment[];
  planned: PlannedRange;
}): AttentionItem[] {
  const { now, planned } = input;
  const live = new Map(
    input.campaigns
      .filter(
        (campaign) =>
          campaign.status !== 'archived' && campaign.status !== 'completed' && campaign.endAt > now,
      )
      .map((campaign) => [campaign.id, campaign]),
  );
  const served = new Set(
    input.creatives.filter((creative) => creative.isServable).map((creative) => creative.campaignId),
  );
  const items = [
    ...[...live.values()].flatMap((campaign) =>
      campaignItems(campaign, served.has(campaign.id), now, planned),
    ),
    ...input.creatives.flatMap((creative) => {
      const campaign = live.get(creative.campaignId);
      return campaign && creative.isActive ? creativeItems(creative, campaign, served.has(campaign.id)) : [];
    }),
    ...input.deployments.flatMap((deployment) => {
      const campaign = live.get(deployment.campaignId);
      return campaign ? [deploymentItem(deployment, campaign)] : [];
    }),
  ];
  const rank = { block: 0, warn: 1, info: 2 };
  return items
    .sort(
      (left, right) =>
        rank[left.severity] - rank[right.severity] ||
        Date.parse(right.since) - Date.parse(left.since) ||
        (left.target.id < right.target.id ? -1 : 1),
    )
    .slice(0, MAX_ATTENTION);
}

function campaignItems(
  campaign: WatchedCampaign,
  isServed: boolean,
  now: Date,
  planned: PlannedRange,
): AttentionItem[] {
  if (campaign.status !== 'active') return [];
  const about = { target: { kind: 'campaign' as const, id: campaign.id }, simulated: false };
  const items: AttentionItem[] = [];
  const earlier = (left: Date, right: Date) => (left < right ? left : right);
  const later = (left: Date, right: Date) => (left > right ? left : right);

  const pace = paceOf(campaign.flights, campaign.spentMicros, now, planned);
  const range = planned(campaign.flights, now);
  const expected = pace === 'under' ? range.leastMicros : range.mostMicros;
  if (!isServed) {
    items.push({
      ...about,
      kind: 'no_approved_creative',
      severity: 'block',
      title: `${campaign.name} has no approved creative`,
      detail:
        campaign.startAt <= now ? 'It is active and cannot serve' : `It starts on ${day(campaign.startAt)}`,
      money: remaining(campaign),
      since: later(campaign.createdAt, earlier(campaign.startAt, now)).toISOString(),
    });
  }
  // Without a creative the pace says nothing that the item above does not.
  if (pace === 'over' || (pace === 'under' && isServed)) {
    const off = Math.abs(campaign.spentMicros - expected);
    items.push({
      ...about,
      kind: pace === 'under' ? 'under_pacing' : 'over_pacing',
      severity: 'warn',
      title: `${campaign.name} is ${percent(off, expected)} ${pace === 'under' ? 'behind' : 'ahead'}`,
      detail: `Spent ${amount(campaign.spentMicros, campaign.currency)}, its plan asks for ${amount(expected, campaign.currency)}`,
      money: { micros: off, currency: campaign.currency },
      since: paceSince(campaign.flights, campaign.spentMicros, campaign.hours, now, planned).toISOString(),
    });
  }
  if (campaign.endAt.getTime() - now.getTime() <= ENDING_MS) {
    items.push({
      ...about,
      kind: 'ending_soon',
      severity: 'info',
      title: `${campaign.name} ends in ${hoursLeft(campaign.endAt, now)}`,
      detail: `${percent(campaign.spentMicros, campaign.budgetMicros)} of the budget is spent`,
      money: remaining(campaign),
      since: later(campaign.createdAt, new Date(campaign.endAt.getTime() - ENDING_MS)).toISOString(),
    });
  }
  return items;
}

function creativeItems(
  creative: ReportedCreative,
  campaign: WatchedCampaign,
  isServed: boolean,
): AttentionItem[] {
  const about = {
    target: { kind: 'creative' as const, id: creative.id },
    money: isServed ? null : remaining(campaign),
    simulated: creative.simulated,
  };
  const since = creative.approvalAt.toISOString();
  const items: AttentionItem[] = [];
  if (creative.approval === 'rejected') {
    items.push({
      ...about,
      kind: 'creative_rejected',
      severity: 'block',
      title: `${creative.name} was rejected`,
      detail: `${creative.rejectionReason ?? 'No reason was given'} · ${campaign.name}`,
      since,
    });
  } else if (creative.qcBlocking !== null) {
    items.push({
      ...about,
      kind: 'qc_blocking',
      severity: 'block',
      title: `${creative.name} fails quality control`,
      detail: `${creative.qcBlocking.detail} · ${campaign.name}`,
      since: creative.qcBlocking.since.toISOString(),
    });
  }
  if (creative.approval === 'submitted') {
    items.push({
      ...about,
      kind: 'waiting_for_approval',
      severity: 'info',
      title: `${creative.name} waits for approval`,
      detail: campaign.name,
      since,
    });
  }
  return items;
}

function deploymentItem(deployment: ReportedDeployment, campaign: WatchedCampaign): AttentionItem {
  const isRejected = deployment.status === 'rejected';
  return {
    kind: isRejected ? 'deployment_rejected' : 'deployment_failed',
    severity: 'block',
    title: isRejected
      ? `${deployment.creativeName} was rejected by ${deployment.dspName}`
      : `${deployment.creativeName} could not be sent to ${deployment.dspName}`,
    detail: `${deployment.detail} · ${campaign.name}`,
    money: remaining(campaign),
    since: deployment.since.toISOString(),
    target: { kind: 'deployment', id: deployment.id },
    simulated: deployment.simulated,
  };
}

/** What the campaign can still spend; null when that is nothing. */
function remaining(campaign: WatchedCampaign): AttentionItem['money'] {
  const micros = campaign.budgetMicros - campaign.spentMicros;
  return micros > 0 ? { micros, currency: campaign.currency } : null;
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : 'all';
}

function amount(micros: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(micros / 1_000_000);
}

function hoursLeft(endAt: Date, now: Date): string {
  const hours = Math.floor((endAt.getTime() - now.getTime()) / 3_600_000);
  return hours < 1 ? 'less than an hour' : `${hours} h`;
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}
