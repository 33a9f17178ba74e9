import { inventoryForServing } from '#modules/inventory';
import type { Clock } from '../../kernel/clock.ts';
import {
  encodeSnapshot,
  type SnapshotBody,
  type SnapshotHeader,
  SnapshotSteps,
  snapshotTag,
} from '../../kernel/delivery-protocol.ts';
import { traced } from '../../kernel/tracing.ts';
import { assembleBody, type SnapshotProblem, spendStatement } from './domain/assemble-body.ts';
import type {
  ConsistentReads,
  CreativeSource,
  LineItemSource,
  SigningKeySource,
  SpendSource,
} from './ports.ts';
import type { SnapshotArchive } from './snapshot-archive.ts';

/** Line items that stopped within this time stay listed, so that *why* can name them. */
const EXPLAINED_MS = 24 * 60 * 60 * 1000;
/** A creative that stopped serving stays listed for the lifetime of a tracking address, plus a margin. */
const CLICKABLE_MS = 5 * 60 * 60 * 1000;
/** How often the body in use is marked as used, and what is past its time removed. */
const ARCHIVE_MS = 60 * 60 * 1000;

export interface SnapshotSourcePorts {
  database: ConsistentReads;
  clock: Clock;
  keys: SigningKeySource;
  lineItems: LineItemSource;
  creatives: CreativeSource;
  spend: SpendSource;
  /** Keeps every body that was served, so that decisions can be made again. */
  archive: SnapshotArchive;
  /** Public address of media files when it is not the node's own. */
  mediaBaseUrl?: string | undefined;
  /** Number in the Global Vendor List whose consent nodes ask TC strings for. */
  tcfVendorId?: number | undefined;
  /** A build failed; the last good snapshot stays. */
  onError(error: unknown): void;
  /** Another body is in use; before nodes are told. */
  onBody?(body: SnapshotBody): void;
  /** Another snapshot can be had. @param tag see `snapshotTag` */
  onSnapshot?(tag: string): void;
  /** Rows left out of the newest snapshot; called when the list changed. */
  onProblems?(problems: readonly SnapshotProblem[]): void;
  /** From a change to the rebuild, ms: several changes become one snapshot. Default 100. */
  debounceMs?: number;
  /** Longest age of a build, ms: picks up spend and what ended. Default 5000. */
  intervalMs?: number;
}

/** An encoded snapshot file. */
export interface EncodedSnapshot {
  header: SnapshotHeader;
  /** Its ETag without quotes: hashes of body and spend. */
  tag: string;
  text: string;
}

export interface SnapshotSource {
  /** Builds for the first time and keeps building. Answers when the first attempt has ended, well or badly. */
  start(): Promise<void>;
  /** Something that serving must see has changed. */
  markDirty(): void;
  /** Builds from what is committed now. @throws whatever stopped the build */
  rebuild(): Promise<EncodedSnapshot>;
  current(): EncodedSnapshot | null;
  /**
   * The file of a snapshot with what takes the body `heldHash` to its own in the body's place; null when that is not known
   * any more, or no shorter.
   */
  differenceFrom(heldHash: string, snapshot: EncodedSnapshot): string | null;
  /** The snapshot as soon as it is another than `heldTag`; null when `waitMs` pass, the signal aborts or it stops. */
  waitForChange(
    heldTag: string | null,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<EncodedSnapshot | null>;
  problems(): readonly SnapshotProblem[];
  stop(): Promise<void>;
}

export function createSnapshotSource(ports: SnapshotSourcePorts): SnapshotSource {
  const debounceMs = ports.debounceMs ?? 100;
  const intervalMs = ports.intervalMs ?? 5000;
  let current: EncodedSnapshot | null = null;
  let problems: readonly SnapshotProblem[] = [];
  let isStopped = false;
  let dirtyTimer: NodeJS.Timeout | undefined;
  let intervalTimer: NodeJS.Timeout | undefined;
  let running: Promise<EncodedSnapshot> | null = null;
  let queued: Promise<EncodedSnapshot> | null = null;
  let archiving: Promise<void> = Promise.resolve();
  let prunedAt = Number.NEGATIVE_INFINITY;
  const waiting = new Set<() => void>();
  const steps = new SnapshotSteps();

  const build = () =>
    traced('snapshot.build', {}, async (span) => {
      const built = await buildNow();
      const { hash } = built.header;
      span?.set({ snapshot: hash.slice(0, 12), bytes: built.text.length });
      return built;
    });

  async function buildNow(): Promise<EncodedSnapshot> {
    const keys = await ports.keys.signingKeys();
    const now = ports.clock.now();
    const rows = await ports.database.withTransaction(
      { role: 'snapshot_builder', readOnly: true, isolation: 'repeatable read' },
      async (tx) => {
        const inventory = await inventoryForServing(tx);
        const lineItems = await ports.lineItems.lineItemsForServing(tx, {
          changedSince: new Date(now.getTime() - EXPLAINED_MS),
        });
        const creatives = await ports.creatives.creativesForServing(tx, {
          campaignIds: [...new Set(lineItems.map((item) => item.campaignId))],
          changedSince: new Date(now.getTime() - CLICKABLE_MS),
        });
        const spend = await ports.spend.ingestedSpend(
          tx,
          lineItems.map((item) => item.id),
        );
        return { ...inventory, lineItems, creatives, spend };
      },
    );
    const { body, problems: found } = assembleBody({
      ...rows,
      keys,
      mediaBaseUrl: ports.mediaBaseUrl,
      tcfVendorId: ports.tcfVendorId,
    });
    const { text, header, parts } = encodeSnapshot(body, spendStatement(rows.spend), now.toISOString());
    if (JSON.stringify(found) !== JSON.stringify(problems)) {
      problems = found;
      ports.onProblems?.(found);
    }
    const tag = snapshotTag(header);
    const before = current;
    if (before?.tag === tag) {
      keep(before, now);
      return before;
    }
    const next = { header, tag, text };
    if (before?.header.hash !== header.hash) ports.onBody?.(body);
    steps.follow(header.hash, body, parts);
    current = next;
    for (const wake of [...waiting]) wake();
    ports.onSnapshot?.(tag);
    // Up to this moment nodes decided by the one before.
    if (before !== null && before.header.hash !== header.hash) keep(before, now, true);
    keep(next, now, before?.header.hash !== header.hash);
    return next;
  }

  /** Beside the build: a full disk must not keep a pause from the nodes. Once an hour unless `isNow`. */
  function keep(snapshot: EncodedSnapshot, now: Date, isNow = false): void {
    const isDue = now.getTime() - prunedAt >= ARCHIVE_MS;
    if (!isNow && !isDue) return;
    if (isDue) prunedAt = now.getTime();
    const line = snapshot.text.split('\n', 2)[1]!;
    archiving = archiving
      .then(() => ports.archive.keep(snapshot.header.hash, line, now.toISOString()))
      .then(async () => {
        if (isDue) await ports.archive.prune(now);
      })
      .catch((error: unknown) => ports.onError(error));
  }

  /** One build at a time; a caller during a build gets the next one, which is sure to see its change. */
  function rebuild(): Promise<EncodedSnapshot> {
    if (running === null) {
      running = build().finally(() => {
        running = null;
      });
      return running;
    }
    queued ??= running
      .catch(() => undefined)
      .then(() => {
        queued = null;
        return rebuild();
      });
    return queued;
  }

  function rebuildQuietly(): Promise<void> {
    clearTimeout(intervalTimer);
    return rebuild()
      .then(
        () => undefined,
        (error: unknown) => ports.onError(error),
      )
      .finally(() => {
        clearTimeout(intervalTimer);
        if (!isStopped) intervalTimer = setTimeout(() => void rebuildQuietly(), intervalMs);
      });
  }

  return {
    start: rebuildQuietly,
    markDirty() {
      // Set once and not pushed back: a stream of changes must not put off the snapshot.
      if (isStopped || dirtyTimer !== undefined) return;
      dirtyTimer = setTimeout(() => {
        dirtyTimer = undefined;
        void rebuildQuietly();
      }, debounceMs);
    },
    rebuild,
    current: () => current,
    differenceFrom: (heldHash, snapshot) => steps.fileFrom(heldHash, snapshot),
    problems: () => problems,
    waitForChange(heldTag, waitMs, signal) {
      const changed = () => (current !== null && current.tag !== heldTag ? current : null);
      const already = changed();
      if (already !== null || isStopped || waitMs <= 0 || signal?.aborted) return Promise.resolve(already);
      return new Promise((resolve) => {
        const settle = (): void => {
          clearTimeout(timer);
          waiting.delete(settle);
          signal?.removeEventListener('abort', settle);
          resolve(changed());
        };
        const timer = setTimeout(settle, waitMs);
        waiting.add(settle);
        signal?.addEventListener('abort', settle, { once: true });
      });
    },
    async stop() {
      isStopped = true;
      clearTimeout(dirtyTimer);
      clearTimeout(intervalTimer);
      for (const wake of [...waiting]) wake();
      await Promise.allSettled([running, queued]);
      await archiving;
    },
  };
}
