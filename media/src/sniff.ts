import type { VideoMeasurement } from './measurement.ts';

export type Container = VideoMeasurement['container'];

export interface Sniffed {
  /** Null: none of the containers that video comes in. */
  container: Container | null;
  /** What the bytes look like, in words, for messages: "a PNG picture". */
  looksLike: string;
}

/** Enough of a file's head for {@link sniffContainer}: two transport stream packets and more. */
export const SNIFF_BYTES = 4096;

const OTHER_KINDS: readonly { magic: readonly number[]; at?: number; looksLike: string }[] = [
  { magic: [0x89, 0x50, 0x4e, 0x47], looksLike: 'a PNG picture' },
  { magic: [0xff, 0xd8, 0xff], looksLike: 'a JPEG picture' },
  { magic: [0x47, 0x49, 0x46, 0x38], looksLike: 'a GIF picture' },
  { magic: [0x25, 0x50, 0x44, 0x46], looksLike: 'a PDF document' },
  { magic: [0x50, 0x4b, 0x03, 0x04], looksLike: 'a ZIP archive' },
  { magic: [0x1f, 0x8b], looksLike: 'a gzip archive' },
  { magic: [0x49, 0x44, 0x33], looksLike: 'an MP3 sound file' },
  { magic: [0x57, 0x41, 0x56, 0x45], at: 8, looksLike: 'a WAV sound file' },
  { magic: [0x57, 0x45, 0x42, 0x50], at: 8, looksLike: 'a WebP picture' },
  { magic: [0x66, 0x4c, 0x61, 0x43], looksLike: 'a FLAC sound file' },
  { magic: [0x7f, 0x45, 0x4c, 0x46], looksLike: 'a program' },
];

/** Picture and sound brands of the ISO base media family that are not video files. */
const NOT_VIDEO_BRANDS = new Map([
  ['heic', 'a HEIC picture'],
  ['heix', 'a HEIC picture'],
  ['mif1', 'a HEIF picture'],
  ['avif', 'an AVIF picture'],
  ['M4A ', 'an M4A sound file'],
  ['M4B ', 'an M4B sound file'],
]);

/**
 * Tells the container from the first bytes of a file (see {@link SNIFF_BYTES}).
 * Names and extensions are not looked at: they say what somebody hoped for.
 */
export function sniffContainer(bytes: Uint8Array): Sniffed {
  const ascii = (at: number, length: number): string =>
    String.fromCharCode(...bytes.subarray(at, at + length));
  const starts = (magic: readonly number[], at = 0): boolean => magic.every((b, i) => bytes[at + i] === b);

  const box = ascii(4, 4);
  if (box === 'ftyp') {
    const brandName = ascii(8, 4);
    const other = NOT_VIDEO_BRANDS.get(brandName);
    if (other) return { container: null, looksLike: other };
    return brandName === 'qt  '
      ? { container: 'mov', looksLike: 'a QuickTime movie' }
      : { container: 'mp4', looksLike: 'an MP4 file' };
  }
  // QuickTime before "ftyp" existed, and files whose first box is another.
  if (['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(box)) {
    return { container: 'mov', looksLike: 'a QuickTime movie' };
  }
  if (starts([0x1a, 0x45, 0xdf, 0xa3])) {
    const head = ascii(0, Math.min(bytes.length, 64));
    return head.includes('webm')
      ? { container: 'webm', looksLike: 'a WebM file' }
      : { container: 'mkv', looksLike: 'a Matroska file' };
  }
  if (ascii(0, 4) === 'RIFF' && ascii(8, 4) === 'AVI ') {
    return { container: 'avi', looksLike: 'an AVI file' };
  }
  if (starts([0x00, 0x00, 0x01, 0xba])) return { container: 'mpeg', looksLike: 'an MPEG program stream' };
  if (bytes[0] === 0x47 && bytes[188] === 0x47 && bytes[376] === 0x47) {
    return { container: 'mpeg', looksLike: 'an MPEG transport stream' };
  }
  for (const kind of OTHER_KINDS) {
    if (starts(kind.magic, kind.at)) return { container: null, looksLike: kind.looksLike };
  }
  return { container: null, looksLike: looksLikeText(bytes) ? 'a text file' : 'unknown data' };
}

function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512);
  return head.length > 0 && head.every((b) => b === 9 || b === 10 || b === 13 || (b >= 32 && b !== 127));
}
