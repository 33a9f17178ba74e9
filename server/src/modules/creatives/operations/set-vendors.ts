import { setVendors } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { lockCreative, moveApproval } from '../approvals.ts';
import { type ApprovalSubject, afterContentChange } from '../domain/approval.ts';
import { landingPage } from '../domain/creative-values.ts';
import type { CreativesPorts } from '../ports.ts';
import { showCreatives } from '../read-model.ts';
import { auditView } from '../rows.ts';
import { creativeTable } from '../tables.ts';

export function setVendorsOperation(ports: CreativesPorts) {
  return implement(setVendors, async (input, context) => {
    const { tx, now, principal } = context;
    const { creativeId } = input;
    const before = await lockCreative(tx, creativeId);
    if (!before) return context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
    context.checkVersion(before.version);
    if (input.vendors?.includes('moat') && !input.legacyMoat) {
      return context.fail(
        'vendor.retired',
        'vendors: moat ended its service on 30 September 2024; use ias or doubleverify.',
      );
    }
    const clickThroughUrl =
      input.clickThroughUrl === undefined ? before.clickThroughUrl : landingPage(input.clickThroughUrl);
    let current = before;
    // Reviewers approved another page: an approval must not carry a landing page that nobody looked at.
    const back =
      clickThroughUrl === before.clickThroughUrl
        ? null
        : afterContentChange(before.approval as ApprovalSubject['approval']);
    if (back !== null) {
      const by = { id: principal.id, name: principal.name };
      const reason = 'The landing page changed.';
      current = await moveApproval(tx, before, { action: 'withdraw', to: back, reason, by, now }, ports.ids);
    }
    const [after] = await tx
      .update(creativeTable)
      .set({
        vendors: input.vendors === undefined ? before.vendors : [...new Set(input.vendors)],
        clickThroughUrl,
        name: input.name ?? before.name,
        version: before.version + 1,
        updatedAt: now,
      })
      .where(eq(creativeTable.id, current.id))
      .returning();
    context.record({
      entity: { kind: 'creative', id: creativeId },
      before: auditView(before),
      after: auditView(after!),
    });
    context.emit('creative.changed', { kind: 'creative', id: creativeId });
    const [creative] = await showCreatives(tx, [after!], principal, ports);
    return creative!;
  });
}
