import { mulberry32 } from '../seeded.ts';
import { checkInstallation, untilCounted } from './check.ts';
import type { FaultyInstallation } from './installation.ts';
import { type Part, paused } from './parts.ts';
import { type EventId, startViewers } from './viewers.ts';

const VIEWERS = 8;
const LOAD_MS = 3500;

/** What the rounds of one installation have in common. */
export interface Campaign {
  readonly acknowledged: Set<EventId>;
  readonly sent: Set<EventId>;
}

export interface Round {
  readonly seed: number;
  /** What was done to it, in order. */
  readonly done: readonly string[];
  readonly ads: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly faults: readonly string[];
  readonly seconds: number;
}

/**
 * One round: viewers ask and report while parts are killed and started again, connections are cut or held up, and
 * campaigns are edited, at moments that the seed says; then everything is started, counted to the end, and checked.
 */
export async function faultRound(
  world: FaultyInstallation,
  campaign: Campaign,
  seed: number,
): Promise<Round> {
  const random = mulberry32(seed);
  const startedAt = performance.now();
  const done: string[] = [];
  const say = (what: string) => done.push(`${((performance.now() - startedAt) / 1000).toFixed(1)} s ${what}`);
  const viewers = startViewers({
    ports: world.nodes.map(({ publicPort }) => publicPort),
    placement: world.placement,
    viewers: VIEWERS,
    random: mulberry32(seed + 1_000_000),
    cappedLineItemId: world.sold.capped.lineItems[0]!.id,
  });
  const faults: Promise<void>[] = [];
  const count = 1 + Math.floor(random() * 3);
  const victims = new Set<Part>();
  for (let n = 0; n < count; n++) {
    const at = 300 + random() * (LOAD_MS - 600);
    const isKill = random() < 0.65;
    const part = drawn(world.parts, random);
    const [linkName, link] = [...world.links][Math.floor(random() * world.links.size)]!;
    const awayMs = 100 + random() * 1500;
    const isStall = random() < 0.5;
    const fault = isKill ? () => killed(part, awayMs, say) : () => cut();
    const cut = async () => {
      say(`${linkName} ${isStall ? 'stalled' : 'cut'}`);
      if (isStall) link.stall();
      else link.cut();
      await paused(awayMs);
      link.heal();
    };
    // A part is killed once a round: it is being started already.
    if (isKill && victims.has(part)) continue;
    if (isKill) victims.add(part);
    faults.push(paused(at).then(fault));
  }
  if (random() < 0.6) faults.push(paused(random() * LOAD_MS).then(() => edit(world, random(), say)));
  await paused(LOAD_MS);
  // Viewers go on until the last part is back, for what comes up must serve again.
  await Promise.all(faults);
  await viewers.stop();
  for (const link of world.links.values()) link.heal();
  for (const id of viewers.acknowledged) campaign.acknowledged.add(id);
  for (const id of viewers.sent) campaign.sent.add(id);
  const found = await untilCounted(world).then(
    () => checkInstallation(world, campaign),
    (error: unknown) => [`what was logged is not counted: ${String(error)}`],
  );
  return {
    seed,
    done,
    ads: viewers.ads,
    acknowledged: viewers.acknowledged.size,
    unanswered: viewers.unanswered,
    faults: found.map((fault) => `seed ${seed}: ${fault}`),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

async function killed(part: Part, awayMs: number, say: (what: string) => void): Promise<void> {
  say(`${part.name} killed`);
  await part.kill();
  await paused(awayMs);
  await part.start();
  say(`${part.name} serves`);
}

function drawn(parts: readonly Part[], random: () => number): Part {
  const lots = parts.flatMap((part) => Array.from({ length: part.weight }, () => part));
  return lots[Math.floor(random() * lots.length)]!;
}

/** Raises the budget that runs out, or pauses and starts a campaign. The control plane may be away: then nothing changes. */
async function edit(world: FaultyInstallation, dice: number, say: (what: string) => void): Promise<void> {
  const { client, sold } = world;
  try {
    if (dice < 0.5) {
      const { id: campaignId } = sold.tight;
      const { version, budgetMicros } = await client.campaigns.getCampaign({ campaignId });
      await client.campaigns.updateCampaign(
        { campaignId, budgetMicros: budgetMicros + 5_000_000 },
        { ifMatch: version },
      );
      say('a budget raised');
    } else {
      const { id: campaignId } = sold.ample;
      const { version } = await client.campaigns.getCampaign({ campaignId });
      const paused_ = await client.campaigns.setCampaignStatus(
        { campaignId, status: 'paused' },
        { ifMatch: version },
      );
      await paused(300);
      await client.campaigns.setCampaignStatus(
        { campaignId, status: 'active' },
        { ifMatch: paused_.version },
      );
      say('a campaign paused and started');
    }
  } catch {
    say('an edit was not taken');
  }
}
