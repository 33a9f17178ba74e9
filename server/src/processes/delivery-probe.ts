import type { SystemStatus } from '@cuepoint/contract';
import { NodeStatus, PLANE_PATHS } from '../kernel/delivery-protocol.ts';

type DeliveryStatus = SystemStatus['delivery'];

const silent: DeliveryStatus = {
  ok: false,
  requestsPerSecond: null,
  p50Ms: null,
  p99Ms: null,
  snapshotAgeMs: null,
  fillRate: null,
};

/** What the delivery nodes say of themselves, as one: a node that does not answer in time is not ok. */
export function createDeliveryProbe(
  deliveryOrigins: readonly string[],
  planeKey: string,
): { status(): Promise<DeliveryStatus> } {
  return {
    status: async () => asOne(await Promise.all(deliveryOrigins.map((origin) => ask(origin, planeKey)))),
  };
}

async function ask(origin: string, planeKey: string): Promise<NodeStatus | null> {
  try {
    const response = await fetch(`${origin}${PLANE_PATHS.status}`, {
      headers: { Authorization: `Bearer ${planeKey}` },
      signal: AbortSignal.timeout(1_000),
    });
    return NodeStatus.parse(await response.json());
  } catch {
    // Away, starting or of another installation: all of them mean that it cannot be relied on now.
    return null;
  }
}

/** Sums of what adds up, the worst of what does not. @param nodes null for one that did not answer */
export function asOne(nodes: readonly (NodeStatus | null)[]): DeliveryStatus {
  const known = nodes.filter((node) => node !== null);
  if (known.length === 0) return silent;
  const asked = known.filter(({ requests }) => requests > 0);
  const sum = (of: (node: NodeStatus) => number) => known.reduce((total, node) => total + of(node), 0);
  const worst = (of: (node: NodeStatus) => number) =>
    asked.length === 0 ? null : Math.max(...asked.map(of));
  const ages = known.map(({ snapshotConfirmedSeconds }) => snapshotConfirmedSeconds);
  return {
    ok: known.length === nodes.length && known.every(({ ready }) => ready),
    requestsPerSecond: sum(({ requestsPerSecond }) => requestsPerSecond),
    p50Ms: worst(({ p50Ms }) => p50Ms),
    p99Ms: worst(({ p99Ms }) => p99Ms),
    snapshotAgeMs: ages.some((age) => age === null) ? null : Math.max(...ages.map((age) => age!)) * 1000,
    fillRate: asked.length === 0 ? null : sum(({ ads }) => ads) / sum(({ requests }) => requests),
  };
}
