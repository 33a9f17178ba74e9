import { getStatus, loadDemo, removeDemo } from '@cuepoint/contract';
import {
  type AnyBinding,
  type HandlerContext,
  implement,
  implementPrepared,
} from '../../kernel/implement.ts';
import type { SystemPorts } from './ports.ts';

export type { SystemPorts } from './ports.ts';

/** Is everything running, what is simulated, and the demo data. */
export function createSystem(ports: SystemPorts): { operations: AnyBinding[] } {
  return {
    operations: [
      implementPrepared(
        getStatus,
        // Asked outside the transaction: the parts answer for themselves, and some take their time.
        async () => ({
          database: await ports.database(),
          delivery: await ports.delivery(),
          queues: await ports.queues(),
        }),
        async (_input, context, parts) => ({
          version: ports.version,
          now: context.now.toISOString(),
          ...parts,
          ingestion: ports.ingestion(),
          simulatedPlatforms: ports.simulatedPlatforms,
          demo: await ports.demo.loaded(context as unknown as HandlerContext),
          publicUrl: ports.publicUrl,
        }),
      ),

      implement(loadDemo, async ({ seed }, context) => {
        const loaded = await ports.demo.load(seed, context as unknown as HandlerContext);
        context.emit('demo.changed', { kind: 'account', id: context.accountId });
        return { loaded: true as const, ...loaded };
      }),

      implement(removeDemo, async (_input, context) => {
        const result = await ports.demo.remove(context as unknown as HandlerContext);
        context.record({
          entity: { kind: 'account', id: context.accountId },
          before: { demo: true },
          after: { demo: false },
        });
        context.emit('demo.changed', { kind: 'account', id: context.accountId });
        return result;
      }),
    ],
  };
}
