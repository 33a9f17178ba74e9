import { type DeliveryHealth, type DeliveryNodeHealth, getDeliveryHealth } from '@cuepoint/contract';
import type { NodeHealth } from '../../../kernel/delivery-protocol.ts';
import { implementPrepared } from '../../../kernel/implement.ts';
import { healthOf, type Ingestion, ingestionHealth, silentNode } from '../domain/node-health.ts';
import type { HealthPorts, WatchedNode } from '../ports.ts';
import { type CountedThrough, countedThrough } from '../stored-rows.ts';

/** Records that wait are counted up to here. */
const MOST_COUNTED = 1000;

interface Asked {
  watched: WatchedNode;
  name: string | null;
  answer: NodeHealth | { away: string };
}

export function deliveryHealthOperation(ports: HealthPorts) {
  return implementPrepared(
    getDeliveryHealth,
    () => Promise.all(ports.nodes.map(ask)),
    async (_input, { tx, now }, asked): Promise<DeliveryHealth> => {
      const counted = new Map((await countedThrough(tx, 'seen')).map((one) => [one.node, one]));
      const nodes: DeliveryNodeHealth[] = [];
      for (const one of asked) {
        const stored = one.name === null ? undefined : counted.get(one.name);
        if (one.name !== null) counted.delete(one.name);
        nodes.push(await judge(one, stored, ports, now));
      }
      const isOneNameless = asked.some(({ name }) => name === null);
      for (const [node, stored] of counted) {
        const detail = `Its log was counted once, and ${isOneNameless ? 'whether it is the node that does not answer is not known' : 'this installation has no address of it'}: what it does now is not known.`;
        nodes.push(silentNode(node, 'unknown', detail, ingestionHealth(ofStored(stored, null), null, now)));
      }
      const ok = nodes.every(({ state, ingestion }) => state === 'ready' && ingestion.state === 'current');
      return { ok, at: now.toISOString(), nodes };
    },
  );
}

async function ask(watched: WatchedNode): Promise<Asked> {
  const answer = await watched.health();
  if ('status' in answer) return { watched, name: answer.status.nodeId, answer };
  // A source that has spoken to it before remembers its name.
  return { watched, name: watched.lastKnownName?.() ?? null, answer };
}

async function judge(
  { watched, name, answer }: Asked,
  stored: CountedThrough | undefined,
  { ingester }: HealthPorts,
  now: Date,
): Promise<DeliveryNodeHealth> {
  const failure = ingester(name);
  if (!('status' in answer)) {
    const silent = ingestionHealth(ofStored(stored, failure), null, now);
    return silentNode(name, 'unreachable', `The node cannot be reached: ${answer.away}.`, silent);
  }
  const waiting = await waitingAt(watched, stored);
  const ingestion = { ...ofStored(stored, failure), waiting };
  return healthOf(answer, ingestionHealth(ingestion, answer, now));
}

function ofStored(stored: CountedThrough | undefined, failure: string | null): Ingestion {
  return {
    through: stored?.through ?? null,
    throughAt: stored?.lastEventAt ?? null,
    waiting: null,
    failure,
  };
}

/** What lies at the node behind what is counted; null when it cannot be read from there. */
async function waitingAt(
  { log }: WatchedNode,
  stored: CountedThrough | undefined,
): Promise<Ingestion['waiting']> {
  try {
    const from = stored?.through ?? (await log.first());
    const page = await log.read(from, { limit: MOST_COUNTED, waitSeconds: 0 });
    const isEnd =
      page.next.segment === page.durableThrough.segment && page.next.offset === page.durableThrough.offset;
    return {
      records: page.entries.length,
      hasMore: !isEnd,
      oldestAt: page.entries[0]?.record.at ?? null,
    };
  } catch {
    // Pruned, or away since it was asked: what waits is not known, and is shown as that.
    return null;
  }
}
