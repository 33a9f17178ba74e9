import { type FileHandle, open } from 'node:fs/promises';
import { walkBoxes } from '../box-walk.ts';
import { type Box, boxesIn, childrenOf, needBox } from './boxes.ts';
import { type InitTrack, splitInit } from './init-segment.ts';

/** One `moof` with its `mdat`: the samples of one track from one key picture to the next. */
export interface Fragment {
  trackId: number;
  /** Where it lies in the file. */
  offset: number;
  sizeBytes: number;
  /** First instant shown, in ticks of the track, before the edit list. */
  startTicks: number;
  /** Behind the last instant shown. */
  endTicks: number;
}

export interface FragmentedFile {
  tracks: InitTrack[];
  fragments: Fragment[];
}

const MAX_HEADER_BYTES = 8 * 1024 * 1024;

/**
 * Reads the structure of a fragmented MP4 that ffmpeg wrote with `separate_moof`, without its samples.
 * @throws Error when it is another kind of file
 */
export async function readFragments(path: string): Promise<FragmentedFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const { boxes, truncation } = await walkBoxes((offset, length) => read(handle, offset, length), size);
    if (truncation !== null) throw new Error(truncation);
    const moov = boxes.find((box) => box.type === 'moov')!;
    const tracks = splitInit(await read(handle, 0, moov.offset + moov.size));
    const fragments: Fragment[] = [];
    for (const [index, box] of boxes.entries()) {
      if (box.type !== 'moof') continue;
      const data = boxes[index + 1];
      if (data?.type !== 'mdat')
        throw new Error(`the fragment at byte ${box.offset} has no samples behind it`);
      const [moof] = boxesIn(await read(handle, box.offset, box.size));
      fragments.push({ ...timesOf(moof!), offset: box.offset, sizeBytes: box.size + data.size });
    }
    return { tracks, fragments };
  } finally {
    await handle.close();
  }
}

/** Times of a fragment by its `tfhd`, `tfdt` and `trun` boxes (ISO/IEC 14496-12, 8.8). */
function timesOf(moof: Box): Pick<Fragment, 'trackId' | 'startTicks' | 'endTicks'> {
  const trafs = childrenOf(moof).filter((box) => box.type === 'traf');
  const traf = trafs[0];
  if (!traf || trafs.length > 1) throw new Error(`a fragment of ${trafs.length} tracks`);
  const { trackId, defaultTicks } = defaultsOf(needBox(traf, 'tfhd').body);
  const tfdt = needBox(traf, 'tfdt').body;
  let at = tfdt.getUint8(0) === 1 ? Number(tfdt.getBigUint64(4)) : tfdt.getUint32(4);
  let startTicks = Number.POSITIVE_INFINITY;
  let endTicks = Number.NEGATIVE_INFINITY;
  for (const trun of childrenOf(traf).filter((box) => box.type === 'trun')) {
    for (const { ticks, shownAfter } of samplesOf(trun.body, defaultTicks)) {
      startTicks = Math.min(startTicks, at + shownAfter);
      endTicks = Math.max(endTicks, at + shownAfter + ticks);
      at += ticks;
    }
  }
  if (!(endTicks > startTicks)) throw new Error('a fragment without samples');
  return { trackId, startTicks, endTicks };
}

function defaultsOf(tfhd: DataView): { trackId: number; defaultTicks: number | null } {
  const flags = tfhd.getUint32(0) & 0xff_ffff;
  // Optional fields in this order: base data offset (8 bytes), sample description, default duration.
  const at = 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
  return { trackId: tfhd.getUint32(4), defaultTicks: flags & 0x8 ? tfhd.getUint32(at) : null };
}

function* samplesOf(
  trun: DataView,
  defaultTicks: number | null,
): Generator<{ ticks: number; shownAfter: number }> {
  const flags = trun.getUint32(0) & 0xff_ffff;
  const signed = trun.getUint8(0) === 1;
  const count = trun.getUint32(4);
  let at = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
  for (let sample = 0; sample < count; sample++) {
    let ticks = defaultTicks;
    let shownAfter = 0;
    if (flags & 0x100) {
      ticks = trun.getUint32(at);
      at += 4;
    }
    at += (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0);
    if (flags & 0x800) {
      shownAfter = signed ? trun.getInt32(at) : trun.getUint32(at);
      at += 4;
    }
    if (ticks === null) throw new Error('a sample without a duration');
    yield { ticks, shownAfter };
  }
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  if (length > MAX_HEADER_BYTES) throw new Error(`a header of ${length} bytes at byte ${offset}`);
  const buffer = new Uint8Array(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
