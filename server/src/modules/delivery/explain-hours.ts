import { setTimeout as sleep } from 'node:timers/promises';
import { explain } from '@cuepoint/decisioning';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import type { DecisionRecord } from '../../kernel/delivery-protocol.ts';
import { recordedReadings } from '../../kernel/replay-readings.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';
import {
  accountsExplainedBefore,
  forgetExplainedBefore,
  hoursToExplain,
  storeExplainedHour,
} from './explained-hours.ts';
import type { KnownSnapshot, KnownSnapshots } from './known-snapshots.ts';
import { DeliveryUnavailableError, type SampledNode } from './ports.ts';

const HOUR_MS = 3_600_000;

export interface ExplainHoursPorts {
  database: UnitOfWork;
  nodes: readonly SampledNode[];
  snapshots: KnownSnapshots;
  now: () => Date;
  /** Explained hours are kept as long as the snapshots they were explained from. */
  retentionMs: number;
  /** Decisions that are explained of an account's hour at most. Default 500. */
  perHour?: number;
  /** Hours of one run at most, over all accounts. Default 48. */
  hoursPerRun?: number;
  /** After this time no further hour is begun in a run, ms; what is left waits for the next. Default 30 000. */
  runMs?: number;
  /** How far back hours are looked for, ms. Default two days: nodes keep logs by size, not by age. */
  lookBackMs?: number;
  /** After an hour ends its decisions may still be on their way, ms. Default five minutes. */
  settleMs?: number;
}

interface WaitingHour {
  accountId: string;
  hour: string;
  requests: number;
}

/** Line items of one hour that are counted; of more, those that came first. */
const MOST_LINE_ITEMS = 5000;
/** Work before others get their turn, ms; then as long a rest: never more than half of a core. */
const TURN_MS = 20;

/**
 * Explains a sample of each past hour's logged decisions, off the hot path, and keeps which reason came first for each line
 * item. An hour is put in place as a whole, so explaining it again changes nothing but what has become better known.
 */
export function createExplainHours(ports: ExplainHoursPorts) {
  const { database, nodes, snapshots, now } = ports;
  const { perHour = 500, hoursPerRun = 48, runMs = 30_000 } = ports;
  const { lookBackMs = 48 * HOUR_MS, settleMs = 300_000 } = ports;
  let running: Promise<number> | null = null;
  const stopping = new AbortController();

  async function run(): Promise<number> {
    const at = now();
    await forget(new Date(at.getTime() - ports.retentionMs));
    const until = new Date(Math.floor((at.getTime() - settleMs) / HOUR_MS) * HOUR_MS);
    const waiting = await database.withTransaction({ role: 'ingester', readOnly: true }, (tx) =>
      hoursToExplain(tx, { from: new Date(at.getTime() - lookBackMs), until, most: hoursPerRun }),
    );
    const endsAt = performance.now() + runMs;
    let done = 0;
    for (const one of waiting) {
      if (stopping.signal.aborted || performance.now() >= endsAt) break;
      if (!(await explainHour(one))) break;
      done++;
    }
    return done;
  }

  async function forget(before: Date): Promise<void> {
    const accounts = await database.withTransaction({ role: 'ingester', readOnly: true }, (tx) =>
      accountsExplainedBefore(tx, before),
    );
    for (const accountId of accounts)
      await database.withTransaction({ role: 'app', accountId }, (tx) =>
        forgetExplainedBefore(tx, accountId, before),
      );
  }

  /** False when a node is away: what it knows of the hour would be missing for good. */
  async function explainHour({ accountId, hour, requests }: WaitingHour): Promise<boolean> {
    const fromMs = Date.parse(hour);
    const decisions: DecisionRecord[] = [];
    try {
      for (const node of nodes) {
        const sample = await node.sample(
          accountId,
          fromMs,
          fromMs + HOUR_MS,
          Math.ceil(perHour / nodes.length),
        );
        decisions.push(...sample.decisions);
      }
    } catch (error) {
      if (error instanceof DeliveryUnavailableError) return false;
      throw error;
    }
    // Those of one snapshot after another: only a few are held prepared.
    decisions.sort((left, right) => (left.snapshotHash < right.snapshotHash ? -1 : 1));
    const losses = new Map<string, Map<string, number>>();
    let explained = 0;
    let turnEnds = performance.now() + TURN_MS;
    for (const record of decisions) {
      if (stopping.signal.aborted) return false;
      const snapshot = await snapshots.get(record.snapshotHash);
      if (snapshot === null) continue;
      countFirstReasons(record, snapshot, losses);
      explained++;
      if (performance.now() < turnEnds) continue;
      await sleep(TURN_MS);
      turnEnds = performance.now() + TURN_MS;
    }
    await database.withTransaction({ role: 'app', accountId }, (tx) =>
      storeExplainedHour(tx, accountId, { hour, requests, explained, explainedAt: now(), losses }),
    );
    return true;
  }

  return {
    /** Explains what waits; one run at a time. @returns hours that were explained */
    run(): Promise<number> {
      running ??= run().finally(() => {
        running = null;
      });
      return running;
    },
    /** Answers when nothing runs any more. */
    async stop(): Promise<void> {
      stopping.abort();
      // Whoever started it is told why it failed.
      await running?.catch(() => undefined);
    },
  };
}

/** Makes a logged decision again and counts the first reason of each line item; an empty one for those that served. */
function countFirstReasons(
  record: DecisionRecord,
  snapshot: KnownSnapshot,
  losses: Map<string, Map<string, number>>,
): void {
  const placement = snapshot.placements.get(record.request.placementId);
  const request = toAdRequest(
    record.request,
    placement ? placementFacts(placement) : [],
    Date.parse(record.at),
  );
  const readings = recordedReadings(record.readings);
  for (const { lineItem, reasons } of explain(snapshot.index, request, readings, record.seed).candidates) {
    let counts = losses.get(lineItem.id);
    if (!counts) {
      if (losses.size >= MOST_LINE_ITEMS) continue;
      counts = new Map();
      losses.set(lineItem.id, counts);
    }
    const reason = reasons[0] ?? '';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
}
