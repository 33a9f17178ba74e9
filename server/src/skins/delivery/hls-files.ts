import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaBook } from './media-book.ts';

/** A file of an HLS package as a node answers it. */
export interface HlsFile {
  /** SHA-256 of its content, hex. */
  hash: string;
  /** Below the media directory. */
  path: string;
  mime: string;
}

const NAME = /^([0-9a-f]{64})\/(?:main\.m3u8|([0-9a-f]{64})\.(m3u8|mp4|m4s))$/;
const TYPES: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  mp4: 'video/mp4',
  m4s: 'video/iso.segment',
};
/** Packages whose lists are kept: far more than a break needs, a few megabytes at most. */
const MAX_KEPT = 500;
/** Names of all files of a package, by the place of its multivariant playlist. Content is fixed, so they are as well. */
const kept = new Map<string, ReadonlySet<string>>();

/**
 * Finds a file of a package that the snapshot names. A package's files are those its playlists name, and nothing that
 * merely lies in the media directory.
 * @param packages hash to multivariant playlist, of the current snapshot
 * @param name `<package>/main.m3u8` or `<package>/<hash>.<extension>`
 */
export async function findHlsFile(
  media: Pick<MediaBook, 'playlist'>,
  mediaDir: string,
  name: string,
): Promise<HlsFile | undefined> {
  const match = NAME.exec(name);
  const main = match ? media.playlist(match[1]!) : undefined;
  if (!match || main === undefined) return undefined;
  const [, hash, fileHash, extension] = match;
  if (fileHash === undefined) return { hash: hash!, path: main, mime: TYPES.m3u8! };
  const file = `${fileHash}.${extension}`;
  const names = await namesIn(mediaDir, main);
  if (!names?.has(file)) return undefined;
  return { hash: fileHash, path: placeOf(file), mime: TYPES[extension!]! };
}

async function namesIn(mediaDir: string, main: string): Promise<ReadonlySet<string> | null> {
  const place = join(mediaDir, main);
  const known = kept.get(place);
  if (known) return known;
  const playlists = await namesOf(place);
  if (playlists === null) return null;
  const names = new Set(playlists);
  for (const playlist of playlists) {
    // A package that is only half on this node is asked for again later.
    const segments = await namesOf(join(mediaDir, placeOf(playlist)));
    if (segments === null) return null;
    for (const segment of segments) names.add(segment);
  }
  if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(place, names);
  return names;
}

/** Every name by content in a playlist, as a line or as a quoted attribute; null when the file is not here. */
async function namesOf(path: string): Promise<string[] | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null
    ? null
    : [...text.matchAll(/(?:^|")([0-9a-f]{64}\.(?:m3u8|mp4|m4s))(?=$|")/gm)].map((match) => match[1]!);
}

function placeOf(name: string): string {
  return `${name.slice(0, 2)}/${name}`;
}
