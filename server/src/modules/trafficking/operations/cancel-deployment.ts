import { cancelDeployment } from '@cuepoint/contract';
import { implement } from '../../../kernel/implement.ts';
import { lockDeployment, saveDeployment } from '../deployment-rows.ts';
import { canMove } from '../domain/deployment.ts';
import { showDeployment } from '../read-model.ts';

/** What was made at the platform stays there, paused; the job that comes next finds it cancelled and ends. */
export const cancelDeploymentOperation = implement(cancelDeployment, async ({ deploymentId }, context) => {
  const { tx, now } = context;
  const row = await lockDeployment(tx, deploymentId);
  if (!row) {
    return context.fail(
      'deployment.not_found',
      `deploymentId: no deployment ${deploymentId} in this account.`,
    );
  }
  context.checkVersion(row.version);
  const move = canMove(row.status, 'cancelled');
  if (!move.ok) return context.fail('deployment.transition_denied', move.why);
  const saved = await saveDeployment(tx, row, { status: 'cancelled', nextAttemptAt: null }, now);
  const after = showDeployment(saved);
  context.record({ entity: { kind: 'deployment', id: row.id }, before: showDeployment(row), after });
  context.emit('deployment.changed', { kind: 'deployment', id: row.id });
  return after;
});
