import type { ReportView } from '@cuepoint/contract';
import { eq, or, type SQL } from 'drizzle-orm';
import type { Principal } from '../../kernel/principal.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { daysOf } from './domain/report-definition.ts';
import { reportViewTable } from './tables.ts';

export type ReportViewRow = typeof reportViewTable.$inferSelect;

const mayAdminister = (principal: Principal): boolean => principal.permissions.has('account:administer');

/** Saved views that somebody may see: their own, the shared ones, and for an administrator all. */
export function viewsSeenBy(principal: Principal): SQL | undefined {
  if (mayAdminister(principal)) return undefined;
  return or(eq(reportViewTable.visibility, 'account'), eq(reportViewTable.ownerId, principal.id));
}

/** Whether somebody may decide who sees a view. */
export function mayHide(row: ReportViewRow, principal: Principal): boolean {
  return row.ownerId === principal.id || mayAdminister(principal);
}

/** The view of this id, archived or not, when the principal may see it. Role app. */
export async function findView(
  tx: Tx,
  principal: Principal,
  id: string,
  options: { lock?: boolean } = {},
): Promise<ReportViewRow | null> {
  const query = tx.select().from(reportViewTable).where(eq(reportViewTable.id, id));
  const [row] = options.lock ? await query.for('update') : await query;
  if (!row) return null;
  const isSeen = row.visibility === 'account' || mayHide(row, principal);
  return isSeen ? row : null;
}

/** A view as it is shown, with the days it means at an instant. */
export function showView(row: ReportViewRow, principal: Principal, now: Date): ReportView {
  const { id, name, visibility, ownerId, ownerName, definition, archived, version } = row;
  return {
    id,
    name,
    visibility,
    ownerId,
    ownerName,
    isOwn: ownerId === principal.id,
    ...definition,
    resolved: daysOf(definition, now),
    archived,
    version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export const noView = (id: string) => `reportViewId: no saved view ${id} that you can see in this account.`;
