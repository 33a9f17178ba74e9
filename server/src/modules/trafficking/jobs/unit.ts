import { difference } from '../../../kernel/difference.ts';
import type { LiveEvent } from '../../../kernel/event-bus.ts';
import type { AuditEntry } from '../../../kernel/pipeline.ts';
import { systemPrincipal } from '../../../kernel/principal.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { type DeploymentChanges, type DeploymentRow, saveDeployment } from '../deployment-rows.ts';
import { canMove } from '../domain/deployment.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';

/** Who runs, for the audit trail: one id for all that one run of a job changes. */
export interface Run {
  accountId: string;
  deploymentId: string;
  /** Shown as the operation in the audit trail. */
  job: string;
  requestId: string;
}

/** One short transaction of a job, with its audit records; what it emits is published after commit. */
export interface Unit {
  tx: Tx;
  now: Date;
  /** Saves, and leaves an audit record when more than progress has changed. */
  change(row: DeploymentRow, changes: DeploymentChanges, reason?: string): Promise<DeploymentRow>;
  audit(
    entity: AuditEntry['entity'],
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    reason: string,
  ): void;
  emit(type: string, entity: LiveEvent['entity']): void;
}

export async function transact<T>(
  ports: TraffickingPorts,
  run: Run,
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const { accountId } = run;
  const events: LiveEvent[] = [];
  const result = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
    // The database may run this again after a serialization failure: start clean.
    events.length = 0;
    const entries: AuditEntry[] = [];
    const now = ports.clock.now();
    const unit: Unit = {
      tx,
      now,
      async change(row, changes, reason) {
        if (changes.status !== undefined && changes.status !== row.status) {
          const move = canMove(row.status, changes.status);
          if (!move.ok) throw new Error(`deployment ${row.id}: ${move.why}`);
        }
        const saved = await saveDeployment(tx, row, changes, now);
        unit.audit({ kind: 'deployment', id: row.id }, auditView(row), auditView(saved), reason ?? '');
        unit.emit('deployment.changed', { kind: 'deployment', id: row.id });
        return saved;
      },
      audit(entity, before, after, reason) {
        const fields = difference(before, after);
        if (fields.length === 0) return;
        const { kind, id, name } = systemPrincipal(accountId, 'trafficking');
        entries.push({
          id: ports.ids.next('audit'),
          accountId,
          at: now,
          actor: { kind, id, name },
          operation: run.job,
          entity,
          change: 'updated',
          fields,
          reason: reason === '' ? null : reason,
          requestId: run.requestId,
        });
      },
      emit(type, entity) {
        if (!events.some((event) => event.type === type && event.entity.id === entity.id)) {
          events.push({ type, accountId, entity });
        }
      },
    };
    const answer = await work(unit);
    if (entries.length > 0) await ports.recordAudit(tx, entries);
    return answer;
  });
  for (const event of events) ports.events.publish(event);
  return result;
}

/** What is state; steps, counts and times are progress and stand in the attempt log. */
function auditView(row: DeploymentRow): Record<string, unknown> {
  const { status, externalIds, reviewReasons, failure, simulated } = row;
  return { status, externalIds, reviewReasons, failure, simulated };
}
