import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from './domain/format.ts';
import { ByteReader, encodeFrame, readFrames } from './frames.ts';

const frame = fc.record({
  meta: fc.record({ kind: fc.constant('rows' as const), table: fc.string(), rows: fc.nat() }),
  body: fc.uint8Array({ maxLength: 200 }),
});

async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const length of [...lengths, bytes.length]) {
    if (length > 0) yield bytes.subarray(from, from + length);
    from += length;
  }
}

async function read(bytes: Uint8Array, lengths: readonly number[] = []): Promise<Frame[]> {
  const found: Frame[] = [];
  for await (const one of readFrames(new ByteReader(inPieces(bytes, lengths)), 'the stream'))
    found.push({ meta: one.meta, body: Uint8Array.from(one.body) });
  return found;
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.nat(60), { maxLength: 30 }),
        async (given, lengths) => {
          expect(await read(Buffer.concat(given.map(encodeFrame)), lengths)).toEqual(given);
        },
      ),
    );
  });

  it('are refused at any changed bit and at any end but one between frames', async () => {
    await fc.assert(
      fc.asyncProperty(frame, fc.nat(), fc.nat(7), async (given, at, bit) => {
        const bytes = encodeFrame(given);
        const place = at % bytes.length;
        const changed = Buffer.from(bytes);
        changed[place]! ^= 1 << bit;
        await expect(read(changed)).rejects.toMatchObject({ kind: 'damaged' });
        if (place > 0) await expect(read(bytes.subarray(0, place))).rejects.toMatchObject({ kind: 'cut' });
      }),
    );
  });

  it('are refused when they say something that is not known, or ask for all memory', async () => {
    const encoded = (text: string, bodyBytes = 0) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(text.length, 0);
      head.writeUInt32LE(bodyBytes, 4);
      head.writeUInt32LE(crc32(text), 8);
      head.writeUInt32LE(crc32(head.subarray(0, 12)), 12);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    for (const bytes of [encoded('{"kind":"surprise"}'), encoded('not json'), encoded('{}', 0xffff_ffff)])
      await expect(read(bytes)).rejects.toMatchObject({ kind: 'damaged' });
  });
});
