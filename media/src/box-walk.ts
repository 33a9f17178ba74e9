/** A top-level box of an ISO base media file (ISO/IEC 14496-12, 4.2). */
export interface TopLevelBox {
  type: string;
  offset: number;
  /** Whole size with header, as written; to the end of the file when written as 0. */
  size: number;
}

export interface BoxWalk {
  boxes: TopLevelBox[];
  /** `moov` (or a fragmented file's) comes before the first `mdat`; null when there is no `mdat`. */
  moovFirst: boolean | null;
  /** Why the file cannot be whole; null when nothing is missing. */
  truncation: string | null;
}

/** Reads `length` bytes at `offset`; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const MAX_BOXES = 20_000;

/**
 * Walks the top-level boxes by their headers only, so the cost does not depend
 * on the file's size, and tells a file that was cut off from one that is whole.
 */
export async function walkBoxes(readAt: ReadAt, fileSize: number): Promise<BoxWalk> {
  const boxes: TopLevelBox[] = [];
  let truncation: string | null = null;
  let offset = 0;
  while (offset < fileSize && boxes.length < MAX_BOXES) {
    const head = await readAt(offset, 16);
    if (head.length < 8) {
      truncation = `the last ${head.length} bytes are a piece of a box header`;
      break;
    }
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const type = String.fromCharCode(...head.subarray(4, 8));
    let size = view.getUint32(0);
    if (size === 1) size = head.length >= 16 ? Number(view.getBigUint64(8)) : fileSize + 1;
    else if (size === 0) size = fileSize - offset;
    if (size < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(type)) {
      truncation = `no box can be read at byte ${offset}`;
      break;
    }
    boxes.push({ type, offset, size });
    if (offset + size > fileSize) {
      truncation = `its "${type}" box ends at byte ${offset + size} but the file has ${fileSize} bytes`;
      break;
    }
    offset += size;
  }
  const moov = boxes.findIndex((b) => b.type === 'moov');
  const mdat = boxes.findIndex((b) => b.type === 'mdat');
  if (truncation === null && moov < 0) truncation = 'it has no "moov" box (the index is written last)';
  if (truncation === null && mdat < 0) truncation = 'it has no "mdat" box (no pictures or sound)';
  return { boxes, moovFirst: mdat < 0 ? null : moov >= 0 && moov < mdat, truncation };
}
