import { NodeHealth, PLANE_PATHS } from '../../../kernel/delivery-protocol.ts';
import type { HealthAnswer } from '../ports.ts';

const TIME_LIMIT_MS = 3000;

/** Asks a node for its health over its internal port. Whatever goes wrong is an answer: why it cannot be relied on. */
export function httpNodeHealth({ origin, planeKey }: { origin: string; planeKey: string }) {
  return async (): Promise<HealthAnswer> => {
    try {
      const response = await fetch(new URL(PLANE_PATHS.health, origin), {
        headers: { Authorization: `Bearer ${planeKey}` },
        redirect: 'error',
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      if (response.status === 401)
        return { away: 'it refuses the plane key: it belongs to another installation' };
      if (!response.ok) return { away: `it answered ${response.status} when it was asked how it is` };
      const health = NodeHealth.safeParse(await response.json());
      return health.success ? health.data : { away: 'it answered what the protocol does not allow' };
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      return { away: isLate ? `it did not answer within ${TIME_LIMIT_MS / 1000} s` : 'it does not answer' };
    }
  };
}
