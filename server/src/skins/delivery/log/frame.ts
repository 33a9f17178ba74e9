import { crc32 } from 'node:zlib';

/** Record kinds of the delivery log; docs/protocols/delivery.md section 3. */
export const KIND = { header: 0, decision: 1, event: 2, seal: 3 } as const;

/** u32 length, u32 checksum, u8 kind. */
export const FRAME_BYTES = 9;

/** Larger than any record we write: a length beyond it is damage, not data. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * Writes one record at `offset`; the target must have room. Returns the offset behind it.
 * @param encoding `latin1` for a payload of ASCII characters alone, which takes half the time
 */
export function writeFrame(
  target: Buffer,
  offset: number,
  kind: number,
  payload: string,
  encoding: 'utf8' | 'latin1' = 'utf8',
): number {
  const length = target.write(payload, offset + FRAME_BYTES, encoding);
  target.writeUInt32LE(length, offset);
  target[offset + 8] = kind;
  const end = offset + FRAME_BYTES + length;
  target.writeUInt32LE(crc32(target.subarray(offset + 8, end)), offset + 4);
  return end;
}

/** One record on its own. */
export function frame(kind: number, payload: string): Buffer {
  const buffer = Buffer.allocUnsafe(FRAME_BYTES + Buffer.byteLength(payload));
  writeFrame(buffer, 0, kind, payload);
  return buffer;
}

export interface Frame {
  readonly kind: number;
  readonly end: number;
}

/** The record at `offset`: `short` when the buffer ends inside it, `damaged` when its checksum fails. */
export function readFrame(
  buffer: Buffer,
  offset: number,
  limit = buffer.length,
): Frame | 'short' | 'damaged' {
  if (offset + FRAME_BYTES > limit) return 'short';
  const length = buffer.readUInt32LE(offset);
  if (length > MAX_PAYLOAD_BYTES) return 'damaged';
  const end = offset + FRAME_BYTES + length;
  if (end > limit) return 'short';
  if (crc32(buffer.subarray(offset + 8, end)) !== buffer.readUInt32LE(offset + 4)) return 'damaged';
  return { kind: buffer[offset + 8]!, end };
}

/** The payload of a record that `readFrame` found sound. */
export function payloadOf(buffer: Buffer, offset: number, found: Frame): string {
  return buffer.toString('utf8', offset + FRAME_BYTES, found.end);
}
