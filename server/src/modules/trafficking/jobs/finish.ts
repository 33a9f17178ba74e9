import { systemPrincipal } from '../../../kernel/principal.ts';
import type { DeploymentRow } from '../deployment-rows.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { sendReviewJob } from './names.ts';
import type { Unit } from './unit.ts';

/** Every step is done: the platform reviews, and the creative counts as trafficked. */
export async function finish(unit: Unit, ports: TraffickingPorts, row: DeploymentRow): Promise<void> {
  const { tx, now } = unit;
  const reason = `everything is with ${row.dsp}`;
  const saved = await unit.change(row, { status: 'in_review', step: 'review', nextAttemptAt: now }, reason);
  const { accountId, creativeId } = saved;
  const by = systemPrincipal(accountId, 'trafficking');
  const marked = await ports.markTrafficked(tx, creativeId, { by, now, reason });
  if (marked?.moved) {
    const entity = { kind: 'creative', id: creativeId };
    unit.audit(entity, marked.before, marked.after, reason);
    unit.emit('creative.changed', entity);
  }
  await sendReviewJob(ports.queue, tx, saved);
}
