import { changeApproval, type Permission } from '@cuepoint/contract';
import { AppError } from '../../../kernel/app-error.ts';
import { type HandlerContext, implement } from '../../../kernel/implement.ts';
import { lockCreative, moveApproval } from '../approvals.ts';
import { decideApproval, permissionFor } from '../domain/approval.ts';
import { requestPackaging } from '../packaging.ts';
import type { CreativesPorts } from '../ports.ts';
import { approvalSubject, creativeDetail, qcSummariesOf } from '../read-model.ts';
import { auditView } from '../rows.ts';

export function changeApprovalOperation(ports: CreativesPorts) {
  return implement(changeApproval, async ({ creativeId, action, reason }, context) => {
    const { tx, now, principal } = context;
    requirePermission(permissionFor(action), action, context);
    const before = await lockCreative(tx, creativeId);
    if (!before) return context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
    const checked = (await qcSummariesOf(tx, [creativeId])).get(creativeId) ?? [];
    const decision = decideApproval(approvalSubject(before, checked), action, reason);
    if (!decision.ok) {
      const field = decision.code === 'creative.reason_required' ? 'reason' : 'action';
      return context.fail(decision.code, `${field}: ${decision.why}`);
    }
    const by = { id: principal.id, name: principal.name };
    const after = await moveApproval(tx, before, { action, to: decision.to, reason, by, now }, ports.ids);
    if (decision.to === 'approved' && after.assetId !== null) {
      await requestPackaging(tx, { accountId: after.accountId, assetId: after.assetId }, now, ports);
    }
    context.record({
      entity: { kind: 'creative', id: creativeId },
      before: auditView(before),
      after: auditView(after),
      reason,
    });
    context.emit('creative.changed', { kind: 'creative', id: creativeId });
    return (await creativeDetail(tx, creativeId, principal, ports))!;
  });
}

/** The operation is one, its moves are not: planners submit, reviewers judge. An agent acts only on a named scope. */
function requirePermission(permission: Permission, action: string, context: HandlerContext): void {
  const { principal, dryRun } = context;
  if (!principal.permissions.has(permission)) {
    throw new AppError(
      'auth.forbidden',
      `action: ${action} needs the permission ${permission}; the role ${principal.role ?? 'none'} does not have it here.`,
    );
  }
  if (principal.role === 'agent' && !dryRun && principal.granted?.has(permission) !== true) {
    throw new AppError(
      'confirmation.required',
      `action: ${action} changes state; the scopes of this agent's key do not name ${permission}.`,
    );
  }
}
