import { retryDeployment } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { lockDeployment, saveDeployment } from '../deployment-rows.ts';
import { canMove } from '../domain/deployment.ts';
import { sendDeployJob } from '../jobs/names.ts';
import { liveDeploymentOf } from '../queries.ts';
import { showDeployment } from '../read-model.ts';
import { deploymentStepTable } from '../tables.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';

export function retryDeploymentOperation(ports: TraffickingPorts) {
  return implement(retryDeployment, async ({ deploymentId }, context) => {
    const { tx, now } = context;
    const row = await lockDeployment(tx, deploymentId);
    if (!row) {
      return context.fail(
        'deployment.not_found',
        `deploymentId: no deployment ${deploymentId} in this account.`,
      );
    }
    context.checkVersion(row.version);
    const move = canMove(row.status, 'queued');
    if (!move.ok) return context.fail('deployment.transition_denied', move.why);
    const other = await liveDeploymentOf(tx, row.creativeId, row.dsp);
    if (other) {
      return context.fail(
        'deployment.transition_denied',
        `The creative went to this destination again since, with ${other.id} (${other.status}); follow that one.`,
      );
    }
    await tx
      .update(deploymentStepTable)
      .set({ tries: 0 })
      .where(eq(deploymentStepTable.deploymentId, deploymentId));
    const saved = await saveDeployment(
      tx,
      row,
      { status: 'queued', failure: null, nextAttemptAt: null },
      now,
    );
    await sendDeployJob(ports.queue, tx, saved);
    const after = showDeployment(saved);
    context.record({ entity: { kind: 'deployment', id: row.id }, before: showDeployment(row), after });
    context.emit('deployment.changed', { kind: 'deployment', id: row.id });
    return after;
  });
}
