import { eraseViewer, getErasure, listErasures, type ViewerErasure } from '@cuepoint/contract';
import { count, eq } from 'drizzle-orm';
import { implement, implementPrepared } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { goneBy } from '../domain/erasure-state.ts';
import { showErasure } from '../erasure-rows.ts';
import { ERASE_QUEUE } from '../jobs/erase.ts';
import type { PrivacyPorts } from '../ports.ts';
import { type ErasureRow, viewerErasureTable } from '../tables.ts';

/** What a dry run found. */
interface Found {
  nodeMemory: number | null;
  nodesProblem: string | null;
  archive: number;
}

export function erasureOperations(ports: PrivacyPorts) {
  return [
    implementPrepared(
      eraseViewer,
      async ({ kind, viewer, reference }, { accountId, call, fail }) => {
        const identity = ports.hashOf(kind, accountId, viewer);
        // The answer names the field, and not the value: it may be somebody's.
        if (identity === null)
          return fail(
            'viewer_erasure.invalid',
            'viewer: no id of a viewer; accepted: 4 to 256 printable characters without spaces that are no filler such as zeros.',
          );
        if (reference.toLowerCase().includes(viewer.toLowerCase()))
          return fail(
            'viewer_erasure.invalid',
            'reference: it holds the id, and references are kept; accepted: your own number of the request.',
          );
        return { identity, found: call.dryRun === true ? await look(ports, accountId, identity) : null };
      },
      async ({ kind, reference }, context, { identity, found }) => {
        const { tx, accountId, now, principal } = context;
        const id = ports.ids.next('viewerErasure');
        const [row] = await tx
          .insert(viewerErasureTable)
          .values({
            id,
            accountId,
            kind,
            identity,
            reference,
            requestedBy: principal.name,
            requestedAt: now,
            goneBy: goneBy(now, ports.logKeepMs),
          })
          .returning();
        const entity = { kind: 'viewer_erasure', id };
        context.record({
          entity,
          before: null,
          after: { kind, reference, goneBy: row!.goneBy.toISOString() },
        });
        // A sweep finds it all the same, a minute later.
        context.afterCommit(async () => void (await ports.queue.send(ERASE_QUEUE, {})));
        return found === null ? showErasure(row!) : showFound(row!, found);
      },
    ),

    implement(listErasures, async (input, { tx }) => {
      const page = newestFirst(input, { at: viewerErasureTable.requestedAt, id: viewerErasureTable.id });
      const rows = await tx
        .select()
        .from(viewerErasureTable)
        .where(page.beyond)
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(viewerErasureTable);
      const cut = page.cut(rows, (row) => row.requestedAt);
      return { items: cut.shown.map(showErasure), nextCursor: cut.nextCursor, total: total!.n };
    }),

    implement(getErasure, async ({ erasureId }, { tx, fail }) => {
      const [row] = await tx.select().from(viewerErasureTable).where(eq(viewerErasureTable.id, erasureId));
      if (!row)
        return fail('viewer_erasure.not_found', `erasureId: no erasure ${erasureId} in this account.`);
      return showErasure(row);
    }),
  ];
}

async function look(ports: PrivacyPorts, accountId: string, identity: string): Promise<Found> {
  const before = ports.clock.now();
  const order = { accountId, identity, erasedAt: before.toISOString(), isPreview: true };
  const asked = await Promise.allSettled(ports.nodes.map((node) => node.forget(order)));
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const away = asked.length - answers.length;
  return {
    nodeMemory:
      answers.length === 0 ? null : answers.reduce((sum, one) => sum + one.exposures + one.sessions, 0),
    nodesProblem: away === 0 ? null : `${away} of ${asked.length} delivery nodes do not answer`,
    archive: await ports.archive.count({ accountId, identity, before }),
  };
}

/** As it stands before anything is done, with what there is to do. */
function showFound(row: ErasureRow, { nodeMemory, nodesProblem, archive }: Found): ViewerErasure {
  const shown = showErasure(row);
  const places = shown.places.map((one) => {
    if (one.place === 'node_memory') return { ...one, records: nodeMemory, problem: nodesProblem };
    return one.place === 'archive' ? { ...one, records: archive } : one;
  });
  return { ...shown, places };
}
