import { crc32 } from 'node:zlib';
import { cutError, damagedError } from './backup-error.ts';
import { type Frame, FrameMeta } from './domain/format.ts';

/**
 * A frame is: u32 length of the meta, u32 length of the body, u32 CRC-32 of both, u32 CRC-32 of these twelve bytes; the
 * meta as JSON; the body. Little-endian. The head has a checksum of its own, so that a changed length is not mistaken for
 * a file that was cut.
 */
const HEAD_BYTES = 16;
const MAX_META_BYTES = 4 << 20;
const MAX_BODY_BYTES = 256 << 20;

export function encodeFrame({ meta, body }: Frame): Buffer {
  const text = Buffer.from(JSON.stringify(meta));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(body.length, 4);
  head.writeUInt32LE(crc32(body, crc32(text)), 8);
  head.writeUInt32LE(crc32(head.subarray(0, 12)), 12);
  return Buffer.concat([head, text, body]);
}

/** Takes exact numbers of bytes from a stream of chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes taken so far. */
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    while (this.#heldBytes < length) {
      const next = await this.#chunks.next();
      if (next.done) break;
      this.#held.push(next.value);
      this.#heldBytes += next.value.length;
    }
    const all = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    const taken = all.subarray(0, length);
    const rest = all.subarray(length);
    this.#held = rest.length > 0 ? [rest] : [];
    this.#heldBytes = rest.length;
    this.position += taken.length;
    return Buffer.from(taken.buffer, taken.byteOffset, taken.length);
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/**
 * The frames of a stream up to its end.
 * @param what name of the stream for messages
 * @param onBytes every frame as it stands there, before it is handed out
 * @throws BackupError `cut` or `damaged`, naming the byte
 */
export async function* readFrames(
  reader: ByteReader,
  what: string,
  onBytes: (bytes: Buffer, meta: FrameMeta) => void = () => undefined,
): AsyncGenerator<Frame> {
  for (;;) {
    const start = reader.position;
    const head = await reader.take(HEAD_BYTES);
    if (head.length === 0) return;
    if (head.length < HEAD_BYTES) throw cutError(what, reader.position);
    const metaBytes = head.readUInt32LE(0);
    const bodyBytes = head.readUInt32LE(4);
    const isSound = crc32(head.subarray(0, 12)) === head.readUInt32LE(12);
    if (!isSound || metaBytes > MAX_META_BYTES || bodyBytes > MAX_BODY_BYTES)
      throw damagedError(what, `the bytes from ${start} on are not what was written`);
    const rest = await reader.take(metaBytes + bodyBytes);
    if (rest.length < metaBytes + bodyBytes) throw cutError(what, reader.position);
    if (crc32(rest) !== head.readUInt32LE(8))
      throw damagedError(what, `bytes between ${start} and ${reader.position} were changed`);
    const parsed = FrameMeta.safeParse(parseJson(rest.toString('utf8', 0, metaBytes)));
    if (!parsed.success)
      throw damagedError(
        what,
        `the part at byte ${start} is of no known kind: ${parsed.error.issues[0]?.message}`,
      );
    onBytes(Buffer.concat([head, rest]), parsed.data);
    yield { meta: parsed.data, body: rest.subarray(metaBytes) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
