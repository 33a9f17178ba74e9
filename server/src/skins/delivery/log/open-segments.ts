import { frame, KIND, payloadOf, readFrame } from './frame.ts';
import { soundEnd } from './reader.ts';
import {
  keepTornBytes,
  type LogFile,
  type LogFiles,
  listSegments,
  segmentPath,
  writeAll,
} from './segment-files.ts';

export interface SegmentPlace {
  readonly dir: string;
  readonly nodeId: string;
  readonly files: LogFiles;
  readonly nowMs: () => number;
}

/** The segment that is written, and where it ends. */
export interface OpenSegment {
  readonly file: LogFile;
  readonly segment: number;
  readonly size: number;
  readonly records: number;
  /** Nothing in it is older, ms since 1970, but for the moment that a record waits for the disk. */
  readonly begunAtMs: number;
}

/** What an interrupted write left behind, and whether it could be put aside. */
export interface Torn {
  readonly tornBytes: number;
  readonly isTornKept: boolean;
}

/** Begins a segment; it survives a power cut once this resolves. */
export async function createSegment(place: SegmentPlace, segment: number): Promise<OpenSegment> {
  const { dir, nodeId, files } = place;
  const file = await files.open(segmentPath(dir, segment), 'w+');
  const begunAtMs = place.nowMs();
  const createdAt = new Date(begunAtMs).toISOString();
  const header = frame(KIND.header, JSON.stringify({ nodeId, segment, createdAt }));
  try {
    await writeAll(file, header, header.length, 0);
    await file.datasync();
    await files.syncDirectory(dir);
  } catch (error) {
    // What went wrong before it is what the caller has to know.
    await file.close().catch(() => undefined);
    throw error;
  }
  return { file, segment, size: header.length, records: 0, begunAtMs };
}

/** Finds where the log ends, cuts off what an interrupted write left there, and opens the segment to write on. */
export async function openSegments(
  place: SegmentPlace,
): Promise<OpenSegment & Torn & { readonly firstSegment: number }> {
  const { dir, files } = place;
  await files.makeDirectory(dir);
  const segments = await listSegments(dir, files);
  const last = segments.at(-1);
  const firstSegment = segments[0] ?? 1;
  if (last === undefined)
    return { ...(await createSegment(place, 1)), firstSegment, tornBytes: 0, isTornKept: true };
  const end = await repair(place, last);
  let { tornBytes, isTornKept } = end;
  const previous = segments.at(-2);
  if (end.records === 0 && previous !== undefined) {
    // It was begun on a disk that failed then, and the one before it written on.
    const before = await repair(place, previous);
    await before.file.close();
    tornBytes += before.tornBytes;
    isTornKept &&= before.isTornKept;
  }
  const torn = { firstSegment, tornBytes, isTornKept };
  if (end.size > 0 && !end.isSealed) return { ...end, ...torn };
  await end.file.close();
  return { ...(await createSegment(place, end.size === 0 ? last : last + 1)), ...torn };
}

/** Cuts a torn tail off a segment, makes sure that the disk holds the rest, and leaves it open. */
async function repair(
  { dir, files }: SegmentPlace,
  segment: number,
): Promise<OpenSegment & Torn & { readonly isSealed: boolean }> {
  const file = await files.open(segmentPath(dir, segment), 'r+');
  try {
    const bytes = await wholeOf(file);
    const { end, records, isSealed } = soundEnd(bytes);
    const tornBytes = bytes.length - end;
    let isTornKept = true;
    if (tornBytes > 0) isTornKept = await keepTornBytes(dir, segment, bytes.subarray(end), files);
    // After a sync that failed the kernel may show what is not on the disk, and hold it to be clean: it is written again.
    await writeAll(file, bytes, end, 0);
    await file.truncate(end);
    await file.datasync();
    const begunAtMs = begunAt(bytes.subarray(0, end));
    return { file, segment, size: end, records, begunAtMs, isSealed, tornBytes, isTornKept };
  } catch (error) {
    // What went wrong before it is what the caller has to know.
    await file.close().catch(() => undefined);
    throw error;
  }
}

async function wholeOf(file: LogFile): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(buffer, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** When a segment was begun, as its header says. */
export const createdAtOf = (header: string): number =>
  Date.parse((JSON.parse(header) as { createdAt: string }).createdAt);

/** Of the segment with these sound bytes; one that does not say is held to be as old as can be. */
function begunAt(buffer: Buffer): number {
  const found = readFrame(buffer, 0);
  return typeof found === 'object' && found.kind === KIND.header
    ? createdAtOf(payloadOf(buffer, 0, found))
    : Number.NEGATIVE_INFINITY;
}
