/** One box of an ISO base media file (ISO/IEC 14496-12, 4.2) inside bytes that are in memory. */
export interface Box {
  type: string;
  /** The whole box, header included. */
  bytes: Uint8Array;
  /** What follows the header. */
  body: DataView;
}

/**
 * The boxes that follow each other in `bytes`.
 * @throws Error when a size does not fit: these are files this package has just had made
 */
export function boxesIn(bytes: Uint8Array, from = 0): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = from; at < bytes.length; ) {
    const size = at + 8 <= bytes.length ? view.getUint32(at) : 0;
    if (size < 8 || at + size > bytes.length) throw new Error(`no box can be read at byte ${at}`);
    const whole = bytes.subarray(at, at + size);
    boxes.push({
      type: String.fromCharCode(...whole.subarray(4, 8)),
      bytes: whole,
      body: viewOf(whole.subarray(8)),
    });
    at += size;
  }
  return boxes;
}

/** The box at a path of types below `box`, the first of each. */
export function boxAt(box: Box, ...path: string[]): Box | undefined {
  let found: Box | undefined = box;
  for (const type of path) found = found && childrenOf(found).find((child) => child.type === type);
  return found;
}

/** As `boxAt` for a box that must be there. @throws Error naming the path */
export function needBox(box: Box, ...path: string[]): Box {
  const found = boxAt(box, ...path);
  if (!found) throw new Error(`"${box.type}" has no "${path.join('/')}"`);
  return found;
}

export function childrenOf(box: Box): Box[] {
  return boxesIn(box.bytes, 8);
}

/** A box of other boxes with some of them left out. */
export function boxOf(type: string, children: readonly Uint8Array[]): Uint8Array {
  const size = children.reduce((sum, child) => sum + child.length, 8);
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint32(0, size);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  let at = 8;
  for (const child of children) {
    bytes.set(child, at);
    at += child.length;
  }
  return bytes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
