import { ProblemError } from '@cuepoint/client';
import { exitCodes, type launchBrief, type OutputOf } from '@cuepoint/contract';
import { parse as parseYaml } from 'yaml';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import type { BriefOutcome } from '../result.ts';

export type Launched = OutputOf<typeof launchBrief>;

/** Longest label a campaign may have. */
const labelLimit = 80;
const mostRepeats = 200;

/** The brief becomes a campaign; the server reads it, this only makes its label unique on the account. */
export async function launchTheBrief({
  client,
  options,
}: DemoContext): Promise<{ outcome: BriefOutcome; launched: Launched }> {
  const { text, source } = options.brief;
  let suffix: string | null = null;
  let launched: Launched | null = null;
  for (let run = 1; launched === null; run++) {
    suffix = run === 1 ? null : String(run);
    try {
      launched = await client.studio.launchBrief({ brief: suffix === null ? text : relabel(text, suffix) });
    } catch (error) {
      const taken = error instanceof ProblemError && error.problem.code === 'name.taken';
      if (!taken || run >= mostRepeats) throw error;
    }
  }
  const campaign = await client.campaigns.getCampaign({ campaignId: launched.campaignId });
  const lineItem = campaign.lineItems[0]!;
  const flight = lineItem.flights[0]!;
  if (Date.parse(flight.startAt) > Date.now()) {
    // It would wait for its first day; nothing of it has run, so it can go.
    await client.campaigns.deleteCampaign({ campaignId: campaign.id });
    throw new CommandError(
      `flight.start: the flight begins at ${flight.startAt}, and the demo serves ads now`,
      exitCodes.usage,
      'Use "today", or launch the brief alone: cuepoint briefs launch <file>.',
    );
  }
  return {
    launched,
    outcome: {
      source,
      campaignId: campaign.id,
      campaignName: campaign.name,
      lineItemId: lineItem.id,
      flight: { startAt: flight.startAt, endAt: flight.endAt, timeZone: flight.timeZone },
      currency: campaign.currency,
      budgetMicros: campaign.budgetMicros,
      cpmMicros: lineItem.cpmMicros,
      created: launched.created.map(({ kind, name }) => `${kind} ${name}`),
      reused: launched.reused.map(({ kind, name }) => `${kind} ${name}`),
      suffix,
    },
  };
}

/** The same brief with another campaign label. Only called for a brief that the server has understood. */
export function relabel(text: string, suffix: string): Record<string, unknown> {
  const brief = parseYaml(text) as { campaign: { name: string } } & Record<string, unknown>;
  const name = `${brief.campaign.name.trim().slice(0, labelLimit - suffix.length - 1)} ${suffix}`;
  return { ...brief, campaign: { ...brief.campaign, name } };
}
