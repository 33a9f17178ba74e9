import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkBoxes } from './box-walk.ts';
import { sniffContainer } from './sniff.ts';

const text = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));

function box(type: string, payload: number): Uint8Array {
  const bytes = new Uint8Array(8 + payload);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(text(type), 4);
  return bytes;
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((p) => [...p]));
}

const walk = (bytes: Uint8Array) => walkBoxes(async (at, n) => bytes.subarray(at, at + n), bytes.length);

describe('sniffContainer', () => {
  it.each([
    ['mp4', text('\0\0\0\x18ftypisom')],
    ['mov', text('\0\0\0\x14ftypqt  ')],
    ['mov', text('\0\0\0\x08wide\0\0\0\0mdat')],
    ['webm', text('\x1a\x45\xdf\xa3....webm')],
    ['mkv', text('\x1a\x45\xdf\xa3....matroska')],
    ['avi', text('RIFF....AVI LIST')],
    ['mpeg', text('\0\0\x01\xba')],
  ])('knows %s', (container, bytes) => {
    expect(sniffContainer(bytes).container).toBe(container);
  });

  it.each([
    ['a PNG picture', text('\x89PNG\r\n')],
    ['a text file', text('#EXTM3U\nhttp://example.com/a.ts')],
    ['a HEIC picture', text('\0\0\0\x18ftypheic')],
    ['a WAV sound file', text('RIFF....WAVEfmt ')],
    ['unknown data', Uint8Array.of(1, 2, 3, 4, 5, 200)],
  ])('says what else it is: %s', (words, bytes) => {
    expect(sniffContainer(bytes)).toEqual({ container: null, looksLike: words });
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => sniffContainer(bytes).looksLike.length > 0),
    );
  });
});

describe('walkBoxes', () => {
  const whole = join(box('ftyp', 16), box('moov', 40), box('free', 0), box('mdat', 100));

  it('tells the order of index and media', async () => {
    expect(await walk(whole)).toMatchObject({ moovFirst: true, truncation: null });
    const last = join(box('ftyp', 16), box('mdat', 100), box('moov', 40));
    expect(await walk(last)).toMatchObject({ moovFirst: false, truncation: null });
  });

  it('finds out a file that was cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (length) => {
        expect((await walk(whole.slice(0, length))).truncation).not.toBeNull();
      }),
    );
  });

  it('says which box is too long', async () => {
    const { truncation } = await walk(whole.slice(0, whole.length - 10));
    expect(truncation).toContain('"mdat"');
    expect(truncation).toContain(String(whole.length));
  });

  it('reads 64-bit sizes and a last box without a size', async () => {
    const large = new Uint8Array(16 + 32);
    const view = new DataView(large.buffer);
    view.setUint32(0, 1);
    large.set(text('mdat'), 4);
    view.setBigUint64(8, 48n);
    const open = box('mdat', 5);
    new DataView(open.buffer).setUint32(0, 0);
    expect((await walk(join(box('moov', 8), large))).truncation).toBeNull();
    expect((await walk(join(box('moov', 8), open))).truncation).toBeNull();
  });
});
