import { RetryLater } from '../../../platform/queue/index.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { beginStep } from './begin-step.ts';
import { endSearch, endSent, type Follow } from './end-step.ts';
import { type Run, transact } from './unit.ts';

/**
 * Takes a deployment as far as it gets: per step the intent is committed, then the request leaves outside any
 * transaction, then its outcome is committed. Safe to run again after a crash at any point, as a step found begun is
 * searched for at the platform before it is sent again.
 * @throws RetryLater when the platform, or another deployment, is to be waited for
 */
export async function runDeploy(ports: TraffickingPorts, run: Run, signal?: AbortSignal): Promise<void> {
  const { deploymentId } = run;
  for (;;) {
    if (signal?.aborted) throw new RetryLater(0, 'the process stops');
    const doing = await transact(ports, run, (unit) => beginStep(unit, ports, deploymentId));
    if (doing.kind === 'end') return;
    if (doing.kind === 'wait') throw new RetryLater(doing.delayMs, doing.reason);
    const { adapter, ticket, step, externalIds } = doing;
    let follow: Follow = { kind: 'send' };
    if (doing.lookFirst) {
      const search = await adapter.reconcile(ticket, step, externalIds);
      follow = await transact(ports, run, (unit) => endSearch(unit, ports, deploymentId, doing, search));
    }
    if (follow.kind === 'send') {
      const sent = await adapter.execute(ticket, step, externalIds);
      follow = await transact(ports, run, (unit) => endSent(unit, ports, deploymentId, doing, sent));
    }
    if (follow.kind === 'wait') throw new RetryLater(follow.delayMs, follow.reason);
    if (follow.kind === 'end') return;
  }
}
