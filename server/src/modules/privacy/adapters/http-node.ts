import { NodeErasure, PLANE_PATHS } from '../../../kernel/delivery-protocol.ts';
import { traceHeaders } from '../../../kernel/tracing.ts';
import type { ForgettingNode } from '../ports.ts';

const TIMEOUT_MS = 10_000;

/** Tells a delivery node over its internal port (docs/protocols/delivery.md, section 1). */
export function httpForgettingNode({
  origin,
  planeKey,
}: {
  origin: string;
  planeKey: string;
}): ForgettingNode {
  return {
    async forget(order) {
      const response = await fetch(new URL(PLANE_PATHS.erasures, origin), {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${planeKey}`,
          'Content-Type': 'application/json',
          ...traceHeaders(),
        },
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`the delivery node answered ${response.status}`);
      return NodeErasure.parse(await response.json());
    },
  };
}
