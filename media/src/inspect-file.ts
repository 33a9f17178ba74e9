import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { walkBoxes } from './box-walk.ts';
import { MediaError } from './errors.ts';
import { type Container, SNIFF_BYTES, sniffContainer } from './sniff.ts';

export interface FileInspection {
  container: Container;
  sizeBytes: number;
  /** MP4 and MOV only; null for others. */
  moovFirst: boolean | null;
  /** The ffmpeg demuxer that this container is read with. */
  demuxer: string;
}

export interface InspectOptions {
  /** Largest file taken. Default 10 GiB. */
  maxBytes?: number;
}

const ACCEPTED = 'MP4, MOV, WebM, MKV, AVI or MPEG video';
const GIB = 1024 ** 3;

/**
 * Looks at a file's content, without decoding: is it a video container, is it
 * whole, is its index first. Reads a few kilobytes whatever the size.
 *
 * @throws MediaError media.not_found, media.empty_file, media.not_a_video, media.truncated, media.too_large
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  const name = basename(path);
  const handle = await openFile(path, name);
  try {
    const info = await handle.stat();
    const sizeBytes = info.size;
    if (!info.isFile()) throw fail('media.not_a_video', name, `is not a file; ${ACCEPTED} is accepted.`);
    if (sizeBytes === 0) throw fail('media.empty_file', name, `has 0 bytes; ${ACCEPTED} is accepted.`);
    const maxBytes = options.maxBytes ?? 10 * GIB;
    if (sizeBytes > maxBytes) {
      throw fail('media.too_large', name, `has ${sizeBytes} bytes; at most ${maxBytes} are accepted.`);
    }
    const head = await readAt(handle, 0, SNIFF_BYTES);
    const { container, looksLike } = sniffContainer(head);
    if (container === null) {
      throw fail(
        'media.not_a_video',
        name,
        `is not a video file (it looks like ${looksLike}); ${ACCEPTED} is accepted.`,
      );
    }
    let moovFirst: boolean | null = null;
    if (container === 'mp4' || container === 'mov') {
      const walk = await walkBoxes((offset, length) => readAt(handle, offset, length), sizeBytes);
      if (walk.truncation !== null) {
        throw fail(
          'media.truncated',
          name,
          `is incomplete: ${walk.truncation}; upload the whole file again.`,
        );
      }
      moovFirst = walk.moovFirst;
    }
    return { container, sizeBytes, moovFirst, demuxer: demuxerOf(container, head) };
  } finally {
    await handle.close();
  }
}

async function openFile(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new MediaError({
      code: 'media.not_found',
      message: `${name} cannot be opened (${code ?? 'unknown reason'}); give the path of a readable video file.`,
      subject: name,
      cause,
    });
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

function demuxerOf(container: Container, head: Uint8Array): string {
  switch (container) {
    case 'mp4':
    case 'mov':
      return 'mov';
    case 'webm':
    case 'mkv':
      return 'matroska';
    case 'avi':
      return 'avi';
    default:
      return head[0] === 0x47 ? 'mpegts' : 'mpeg';
  }
}

function fail(
  code: 'media.empty_file' | 'media.not_a_video' | 'media.truncated' | 'media.too_large',
  name: string,
  what: string,
): MediaError {
  return new MediaError({ code, message: `${name} ${what}`, subject: name });
}
