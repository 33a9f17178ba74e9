import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { FRAME_BYTES, KIND, MAX_PAYLOAD_BYTES, payloadOf, readFrame } from './frame.ts';
import { type LogFiles, segmentPath } from './segment-files.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface RawEntry extends LogPosition {
  readonly kind: number;
  /** JSON text of the record. */
  readonly payload: string;
}

export interface RawPage {
  readonly entries: readonly RawEntry[];
  readonly next: LogPosition;
}

/** A position that is not the start of a record, or damage behind it. */
export class LogPositionError extends Error {}

export interface ReadRange {
  readonly dir: string;
  readonly files: LogFiles;
  readonly from: LogPosition;
  /** End of what may be read: the durable end of the newest segment. */
  readonly through: LogPosition;
  readonly limit: number;
  /** Kinds whose payload is wanted; others are passed over unread. */
  readonly kinds: readonly number[];
}

/** Orders two positions; negative when `left` comes first. */
export function comparePositions(left: LogPosition, right: LogPosition): number {
  return left.segment - right.segment || left.offset - right.offset;
}

/**
 * Reads up to `limit` records, at most a chunk of one segment. Throws LogPositionError when `from` is not the start of a
 * sound record.
 */
export async function readPage(range: ReadRange): Promise<RawPage> {
  const { from, through } = range;
  if (comparePositions(from, through) >= 0) {
    if (comparePositions(from, through) > 0)
      throw new LogPositionError(
        `segment ${from.segment} offset ${from.offset} is behind the end of the log (segment ${through.segment} offset ${through.offset})`,
      );
    return { entries: [], next: from };
  }
  const file = await range.files.open(segmentPath(range.dir, from.segment), 'r');
  try {
    const size = from.segment === through.segment ? through.offset : (await file.stat()).size;
    if (from.offset > size)
      throw new LogPositionError(
        `segment ${from.segment} has ${size} bytes, offset ${from.offset} is beyond`,
      );
    const wanted = Math.min(size - from.offset, CHUNK_BYTES + MAX_PAYLOAD_BYTES + FRAME_BYTES);
    const buffer = Buffer.allocUnsafe(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.read(buffer, filled, wanted - filled, from.offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return parsePage(buffer.subarray(0, filled), range, size);
  } finally {
    await file.close();
  }
}

function parsePage(buffer: Buffer, range: ReadRange, size: number): RawPage {
  const { from, through } = range;
  const entries: RawEntry[] = [];
  let offset = 0;
  while (entries.length < range.limit && offset < buffer.length && offset < CHUNK_BYTES) {
    const found = readFrame(buffer, offset);
    if (typeof found === 'string')
      throw new LogPositionError(
        `segment ${from.segment} offset ${from.offset + offset} is not the start of a record`,
      );
    if (range.kinds.includes(found.kind))
      entries.push({
        segment: from.segment,
        offset: from.offset + offset,
        kind: found.kind,
        payload: payloadOf(buffer, offset, found),
      });
    offset = found.end;
  }
  const reached = from.offset + offset;
  const isSealed = from.segment < through.segment;
  const next =
    isSealed && reached >= size
      ? { segment: from.segment + 1, offset: 0 }
      : { segment: from.segment, offset: reached };
  return { entries, next };
}

/** Every record of the wanted kinds from one position to another, in order. */
export async function* readRange(range: Omit<ReadRange, 'limit'>): AsyncGenerator<RawEntry> {
  let from = range.from;
  while (comparePositions(from, range.through) < 0) {
    const page = await readPage({ ...range, from, limit: Number.MAX_SAFE_INTEGER });
    yield* page.entries;
    from = page.next;
  }
}

/** Walks a whole segment and says where its sound records end. */
export function soundEnd(buffer: Buffer): { end: number; records: number; isSealed: boolean } {
  let end = 0;
  let records = 0;
  let isSealed = false;
  for (;;) {
    const found = readFrame(buffer, end);
    if (typeof found === 'string') return { end, records, isSealed };
    if (found.kind === KIND.decision || found.kind === KIND.event) records++;
    isSealed = found.kind === KIND.seal;
    end = found.end;
  }
}
