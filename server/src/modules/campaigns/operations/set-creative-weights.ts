import { setCreativeWeights } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { lineItemDetail } from '../line-item-reads.ts';
import type { CampaignsPorts } from '../ports.ts';
import { lineItemCreativeTable, lineItemTable } from '../tables.ts';
import { noLineItem } from './line-item-input.ts';

export function setCreativeWeightsOperation(ports: CampaignsPorts) {
  return implement(setCreativeWeights, async (input, context) => {
    const { tx, accountId, now } = context;
    const { lineItemId } = input;
    const before = await lineItemDetail(tx, lineItemId, now, ports);
    if (!before) return context.fail('line_item.not_found', noLineItem(lineItemId));
    context.checkVersion(before.version);
    const creatives = await ports.creativesOfCampaigns(tx, [before.campaignId]);
    const seen = new Set<string>();
    for (const [index, { creativeId, startAt, endAt }] of input.creatives.entries()) {
      const at = `creatives[${index}]`;
      const refuse = (field: string, message: string, value: unknown, accepted: string) =>
        context.fail('line_item.invalid', `${field}: ${message}; accepted: ${accepted}.`, {
          fields: [{ field, message, value, accepted }],
        });
      const creative = creatives.find((one) => one.id === creativeId);
      if (!creative)
        return context.fail(
          'creative.not_found',
          `${at}.creativeId: no creative ${creativeId} in the campaign of this line item.`,
        );
      if (creative.lineItemId !== null && creative.lineItemId !== lineItemId)
        return refuse(
          `${at}.creativeId`,
          'belongs to another line item',
          creativeId,
          'a creative of this one',
        );
      if (seen.has(creativeId)) return refuse(`${at}.creativeId`, 'is there twice', creativeId, 'each once');
      seen.add(creativeId);
      if (startAt !== null && endAt !== null && endAt <= startAt)
        return refuse(`${at}.endAt`, 'not after the start', endAt, `later than ${startAt}`);
    }
    await tx.delete(lineItemCreativeTable).where(eq(lineItemCreativeTable.lineItemId, lineItemId));
    if (input.creatives.length > 0)
      await tx.insert(lineItemCreativeTable).values(
        input.creatives.map(({ creativeId, weight, sequence, startAt, endAt }, index) => ({
          accountId,
          lineItemId,
          creativeId,
          weight,
          sequence: sequence ?? index + 1,
          startAt: startAt === null ? null : new Date(startAt),
          endAt: endAt === null ? null : new Date(endAt),
        })),
      );
    await tx
      .update(lineItemTable)
      .set({ version: before.version + 1, updatedAt: now })
      .where(eq(lineItemTable.id, lineItemId));
    const after = (await lineItemDetail(tx, lineItemId, now, ports))!;
    context.record({ entity: { kind: 'line_item', id: lineItemId }, before, after });
    context.emit('line_item.changed', { kind: 'line_item', id: lineItemId });
    return after;
  });
}
