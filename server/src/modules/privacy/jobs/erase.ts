import { isGone } from '../domain/erasure-state.ts';
import { erasureRows, type OpenErasure, openErasures } from '../erasure-rows.ts';
import type { PrivacyPorts } from '../ports.ts';
import type { ErasureRow } from '../tables.ts';

export const ERASE_QUEUE = 'privacy.erase';
export const EXPIRE_QUEUE = 'privacy.expire';

export interface PrivacyJobs {
  /** In every process that takes requests, outside transactions. */
  createQueues(): Promise<void>;
  /** In processes of the work plane, after `createQueues`. */
  work(): Promise<void>;
  /** Takes viewers out of archived records whom the nodes have forgotten. Not beside a writer of the archive. */
  eraseArchived(): Promise<void>;
  /** What the minute's job does: forgets at the nodes, then has the archive done. */
  erase(): Promise<void>;
  /** What the day's job does: tells the nodes again, and ends requests of which no log has a record any more. */
  expire(): Promise<void>;
}

/**
 * Carries requests out. Each was committed before; each step is repeatable and its end is stored, so whatever stops goes on
 * with the next round.
 */
export function createPrivacyJobs(ports: PrivacyPorts): PrivacyJobs {
  const { queue, clock, unitOfWork } = ports;
  const rows = erasureRows(unitOfWork);

  /** Orders every node; their answers, or null when one does not answer. */
  async function order(open: OpenErasure, { identity }: ErasureRow) {
    if (identity === null) return null;
    const { accountId, requestedAt } = open;
    const wanted = { accountId, identity, erasedAt: requestedAt.toISOString(), isPreview: false };
    const asked = await Promise.allSettled(ports.nodes.map((node) => node.forget(wanted)));
    for (const one of asked)
      if (one.status === 'rejected') ports.onFault(one.reason, 'a delivery node did not forget a viewer');
    const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return answers.length < asked.length ? { away: asked.length - answers.length } : { answers };
  }

  async function forgetAtNodes(open: OpenErasure): Promise<void> {
    const row = await rows.row(open);
    const told = row && (await order(open, row));
    if (!told) return;
    if ('away' in told) {
      const nodesProblem = `${told.away} of ${ports.nodes.length} delivery nodes do not answer`;
      return rows.change(open, { nodesProblem });
    }
    await rows.change(open, {
      nodesAt: clock.now(),
      nodesProblem: null,
      exposures: told.answers.reduce((sum, { exposures }) => sum + exposures, 0),
      sessions: told.answers.reduce((sum, { sessions }) => sum + sessions, 0),
    });
  }

  async function eraseArchived(): Promise<void> {
    const pending = await openErasures(unitOfWork, 'pending');
    // What a node gave away before it was told may be archived by now, and nothing of it will be again.
    for (const open of pending.filter(({ nodesAt, archiveAt }) => nodesAt !== null && archiveAt === null)) {
      const row = await rows.row(open);
      if (row?.identity == null) continue;
      const { accountId, requestedAt: before } = open;
      try {
        const archivedRecords = await ports.archive.erase({ accountId, identity: row.identity, before });
        await rows.change(open, { archiveAt: clock.now(), archivedRecords, archiveProblem: null });
      } catch (error) {
        ports.onFault(error, 'a viewer could not be taken out of the archive');
        await rows.change(open, { archiveProblem: 'its files could not be rewritten; it is tried again' });
      }
    }
  }

  async function erase(): Promise<void> {
    for (const open of await openErasures(unitOfWork, 'pending'))
      if (open.nodesAt === null) await forgetAtNodes(open);
    if (ports.archive.soon === null) await eraseArchived();
    const left = await openErasures(unitOfWork, 'pending');
    if (ports.archive.soon !== null && left.some(({ nodesAt }) => nodesAt !== null))
      await ports.archive.soon();
    const oldest = left[0]?.requestedAt.getTime() ?? clock.now().getTime();
    ports.onRound({ pending: left.length, oldestPendingMs: clock.now().getTime() - oldest });
  }

  async function expire(): Promise<void> {
    for (const open of await openErasures(unitOfWork, 'all')) {
      const row = await rows.row(open);
      // A node that lost its list, or came since, has it again.
      const told = row && (await order(open, row));
      if (!told || 'away' in told || open.nodesAt === null || open.archiveAt === null) continue;
      if (
        !isGone(
          open.requestedAt,
          told.answers.map(({ logFrom }) => logFrom),
        )
      )
        continue;
      await rows.change(open, { goneAt: clock.now(), identity: null });
    }
  }

  return {
    async createQueues() {
      for (const name of [ERASE_QUEUE, EXPIRE_QUEUE])
        await queue.createQueue(name, { policy: 'exclusive', retryLimit: 0 });
    },
    async work() {
      await queue.work(ERASE_QUEUE, erase);
      await queue.work(EXPIRE_QUEUE, expire);
      await queue.schedule(ERASE_QUEUE, '* * * * *');
      await queue.schedule(EXPIRE_QUEUE, '41 3 * * *');
    },
    eraseArchived,
    erase,
    expire,
  };
}
