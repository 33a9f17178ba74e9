import type { DecisionRecord, DecisionSample, LogPosition } from '../../kernel/delivery-protocol.ts';
import { KIND } from './log/frame.ts';
import { readPage, readRange } from './log/reader.ts';
import { diskFiles, listSegments, segmentPath } from './log/segment-files.ts';

/** Decisions of one answer. */
export const MOST_SAMPLED = 1000;
/** Segments that are read for one answer: 256 MiB at the usual size. Of more, some are passed over evenly. */
const MOST_SEGMENTS = 4;
/** A record may wait so long for the disk, and lie in the segment after. */
const LATEST_WRITE_MS = 60_000;
/** Of the random part of an id: enough to order by. */
const ORDER_DIGITS = 8;

export interface SampleQuestion {
  readonly accountId: string;
  /** Milliseconds since 1970; `toMs` is excluded. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** End of what is durable. */
  readonly through: LogPosition;
}

/**
 * Some decisions of an account and a time: those whose ids have the smallest random parts, so an even sample that is the
 * same whenever it is asked. Reads the log from the disk, for a thread that does not serve.
 */
export async function sampleDecisions(
  dir: string,
  { accountId, fromMs, toMs, limit, through }: SampleQuestion,
): Promise<Omit<DecisionSample, 'nodeId'>> {
  const within = await segmentsOf(dir, fromMs, toMs, through);
  const chosen = evenly(within, MOST_SEGMENTS);
  const account = `"accountId":${JSON.stringify(accountId)}`;
  const kept = new Smallest(limit);
  let read = 0;
  for (const { segment, bytes } of chosen) {
    const range = {
      dir,
      files: diskFiles,
      from: { segment, offset: 0 },
      through: { segment, offset: bytes },
      kinds: [KIND.decision],
    };
    for await (const { payload } of readRange(range)) {
      if (!payload.includes(account)) continue;
      const at = Date.parse(field(payload, '"at":"'));
      if (!(at >= fromMs && at < toMs)) continue;
      read++;
      // Without its counters it cannot be made again.
      if (!payload.includes('"readingsTruncated":false')) continue;
      kept.offer(Number.parseInt(field(payload, '"decisionId":"').slice(-ORDER_DIGITS), 16), payload);
    }
  }
  const decisions = kept
    .texts()
    .map((text) => JSON.parse(text) as DecisionRecord)
    .filter((record) => record.request.accountId === accountId);
  return { decisions, read, isWhole: chosen.length === within.length };
}

function field(payload: string, name: string): string {
  const at = payload.indexOf(name) + name.length;
  return payload.slice(at, payload.indexOf('"', at));
}

/** Segments that can hold a record of a time, with where their records end. */
async function segmentsOf(
  dir: string,
  fromMs: number,
  toMs: number,
  through: LogPosition,
): Promise<{ segment: number; bytes: number }[]> {
  const all = (await listSegments(dir)).filter((segment) => segment <= through.segment);
  const begun = await Promise.all(all.map((segment) => begunAt(dir, segment)));
  const found: { segment: number; bytes: number }[] = [];
  for (const [at, segment] of all.entries()) {
    const endsMs = begun[at + 1] ?? Number.POSITIVE_INFINITY;
    if (begun[at]! >= toMs + LATEST_WRITE_MS || endsMs < fromMs) continue;
    found.push({ segment, bytes: segment === through.segment ? through.offset : await sizeOf(dir, segment) });
  }
  return found;
}

async function begunAt(dir: string, segment: number): Promise<number> {
  const { entries } = await readPage({
    dir,
    files: diskFiles,
    from: { segment, offset: 0 },
    through: { segment: segment + 1, offset: 0 },
    limit: 1,
    kinds: [KIND.header],
  });
  return entries[0] ? Date.parse((JSON.parse(entries[0].payload) as { createdAt: string }).createdAt) : 0;
}

async function sizeOf(dir: string, segment: number): Promise<number> {
  const file = await diskFiles.open(segmentPath(dir, segment), 'r');
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)]!);
}

/** The texts with the smallest numbers, in a heap whose top is the largest of them. */
class Smallest {
  readonly #most: number;
  readonly #heap: { order: number; text: string }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  offer(order: number, text: string): void {
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push({ order, text });
      this.#up(heap.length - 1);
    } else if (order < heap[0]!.order) {
      heap[0] = { order, text };
      this.#down();
    }
  }

  texts(): string[] {
    return [...this.#heap].sort((left, right) => left.order - right.order).map(({ text }) => text);
  }

  #up(start: number): void {
    const heap = this.#heap;
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.order >= heap[at]!.order) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let largest = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && heap[child]!.order > heap[largest]!.order) largest = child;
      if (largest === at) return;
      [heap[largest], heap[at]] = [heap[at]!, heap[largest]!];
      at = largest;
    }
  }
}
