import { stat } from 'node:fs/promises';
import type { NodeHealth, NodeStatus } from '../../kernel/delivery-protocol.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { listSegments, segmentPath } from './log/segment-files.ts';
import type { DeliveryMetrics } from './metrics.ts';

export interface HealthParts {
  readonly status: NodeStatus;
  readonly startedAtMs: number;
  readonly notReady: string | null;
  readonly sync: NodeHealth['sync'];
  readonly logDir: string;
  readonly log: DurableLog;
  readonly metrics: DeliveryMetrics;
  readonly snapshotsRefused: number;
}

/** What a node says of itself to people. Asks the disk for the sizes of its segments. */
export async function nodeHealth(parts: HealthParts): Promise<NodeHealth> {
  const { status, log, metrics } = parts;
  const orNull = (ms: number) => (ms === 0 ? null : ms);
  return {
    status,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    notReady: parts.notReady,
    sync: parts.sync,
    log: {
      segments: await sizes(parts.logDir),
      segmentCreatedAt: await begunAt(log, status.durableThrough.segment),
      queuedBytes: log.queuedBytes,
      droppedRecords: log.droppedRecords,
      commits: log.batches,
      commitP50Ms: orNull(metrics.commitQuantileMs(0.5)),
      commitP99Ms: orNull(metrics.commitQuantileMs(0.99)),
    },
    events: {
      duplicates: metrics.duplicates,
      refused: metrics.eventsRefused,
      clicksUnrecorded: metrics.clicksUnrecorded,
      invalid: metrics.invalidByReason,
      linksRefused: metrics.refusedByCode,
    },
    snapshotsRefused: parts.snapshotsRefused,
  };
}

async function sizes(dir: string): Promise<NodeHealth['log']['segments']> {
  const segments: NodeHealth['log']['segments'] = [];
  for (const segment of await listSegments(dir)) {
    const facts = await stat(segmentPath(dir, segment)).catch((error: NodeJS.ErrnoException) => {
      // Pruned between the two looks: then it is not kept.
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (facts) segments.push({ segment, bytes: facts.size });
  }
  return segments;
}

async function begunAt(log: DurableLog, segment: number): Promise<string | null> {
  const { entries } = await log.read({ segment, offset: 0 }, 1, [KIND.header]);
  return entries[0] ? (JSON.parse(entries[0].payload) as { createdAt: string }).createdAt : null;
}
