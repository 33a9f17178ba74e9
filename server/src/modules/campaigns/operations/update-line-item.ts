import { updateLineItem } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import type { CampaignsPorts } from '../ports.ts';
import { lineItemDetail } from '../read-model.ts';
import { lineItemTable } from '../tables.ts';

export function updateLineItemOperation(ports: CampaignsPorts) {
  return implement(updateLineItem, async (input, context) => {
    const { tx, now } = context;
    const before = await lineItemDetail(tx, input.lineItemId, ports);
    if (!before)
      return context.fail('line_item.not_found', `No line item ${input.lineItemId} in this account.`);
    context.checkVersion(before.version);
    if (before.status === 'completed' && input.status) {
      return context.fail('campaign.transition_denied', 'status: a completed line item stays completed.');
    }
    await tx
      .update(lineItemTable)
      .set({
        cpmMicros: input.cpmMicros ?? before.cpmMicros,
        priority: input.priority ?? before.priority,
        status: input.status ?? before.status,
        countries: input.countries ?? before.targeting.countries,
        deviceTypes: input.deviceTypes ?? before.targeting.deviceTypes,
        version: before.version + 1,
        updatedAt: now,
      })
      .where(eq(lineItemTable.id, before.id));
    const after = (await lineItemDetail(tx, before.id, ports))!;
    context.record({ entity: { kind: 'line_item', id: before.id }, before, after });
    context.emit('line_item.changed', { kind: 'line_item', id: before.id });
    return after;
  });
}
