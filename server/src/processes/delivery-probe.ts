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

/** What the delivery node says of itself; a node that does not answer in time is not ok. */
export function createDeliveryProbe(
  deliveryOrigin: string,
  planeKey: string,
): { status(): Promise<DeliveryStatus> } {
  return {
    async status() {
      try {
        const response = await fetch(`${deliveryOrigin}${PLANE_PATHS.status}`, {
          headers: { Authorization: `Bearer ${planeKey}` },
          signal: AbortSignal.timeout(1_000),
        });
        const status = NodeStatus.parse(await response.json());
        return {
          ok: status.ready,
          requestsPerSecond: status.requestsPerSecond,
          p50Ms: status.requests > 0 ? status.p50Ms : null,
          p99Ms: status.requests > 0 ? status.p99Ms : null,
          snapshotAgeMs:
            status.snapshotConfirmedSeconds === null ? null : status.snapshotConfirmedSeconds * 1000,
          fillRate: status.requests > 0 ? status.fillRate : null,
        };
      } catch {
        // Away, starting or of another installation: all of them mean that it cannot be relied on now.
        return silent;
      }
    },
  };
}
