import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CutTrack } from './cut-master.ts';
import {
  type AudioRendition,
  type MediaPlaylist,
  targetDuration,
  type VideoVariant,
  writeMediaPlaylist,
  writeMultivariantPlaylist,
} from './playlists.ts';

/** One file of a package: named by its content, except for the multivariant playlist. */
export interface PackageFile {
  /** `main.m3u8`, or `<sha256>.<extension>`: `m3u8` a playlist, `mp4` a header, `m4s` a segment. */
  name: string;
  path: string;
  sha256: string;
  extension: 'm3u8' | 'mp4' | 'm4s';
  sizeBytes: number;
}

/** One encoding of the master: its tracks as cut, and what a playlist says of them. */
export interface RenditionSource {
  /** The fragmented file that the tracks point into. */
  whole: string;
  video: CutTrack;
  fps: number;
  /** Of the first rendition alone it is offered to players: one sound goes with every picture. */
  audio: { cut: CutTrack; codec: string; channels: number } | null;
}

export const MAIN_PLAYLIST = 'main.m3u8';
const MIB = 1024 * 1024;

/**
 * Writes segments and playlists into `outDir`. The multivariant playlist names each media playlist by the hash of its
 * content and those name their segments so: its own hash stands for every byte.
 * @returns every file once, the multivariant playlist last
 */
export async function writePackage(
  outDir: string,
  sources: readonly RenditionSource[],
): Promise<PackageFile[]> {
  const files = new Map<string, PackageFile>();
  const keep = (file: PackageFile): string => {
    files.set(file.name, file);
    return file.name;
  };
  const layOut = async (whole: string, cut: CutTrack): Promise<MediaPlaylist> => {
    const initUri = keep(await writeHashed(outDir, 'mp4', cut.track.segment));
    const segments = [];
    for (const { offset, sizeBytes, durationUs } of cut.segments) {
      const uri = keep(await copyHashed(whole, { offset, sizeBytes }, outDir));
      segments.push({ uri, durationUs, sizeBytes });
    }
    return { initUri, segments };
  };

  const pictures = [];
  for (const source of sources) {
    pictures.push({ source, playlist: await layOut(source.whole, source.video) });
  }
  const [first] = sources;
  const sound = first?.audio
    ? { ...first.audio, playlist: await layOut(first.whole, first.audio.cut) }
    : null;
  const target = targetDuration([...pictures, ...(sound ? [sound] : [])].map((one) => one.playlist));
  const list = async (playlist: MediaPlaylist) =>
    keep(await writeHashed(outDir, 'm3u8', writeMediaPlaylist(playlist, target)));

  const variants: VideoVariant[] = [];
  for (const { source, playlist } of pictures) {
    const { codec, display } = source.video.track;
    variants.push({ uri: await list(playlist), playlist, codec: codec!, ...display!, fps: source.fps });
  }
  const audio: AudioRendition | null = sound && { ...sound, uri: await list(sound.playlist) };
  const text = writeMultivariantPlaylist(variants, audio, target);
  const main = { name: MAIN_PLAYLIST, path: join(outDir, MAIN_PLAYLIST), extension: 'm3u8' as const };
  await writeFile(main.path, text);
  return [...files.values(), { ...main, sha256: sha256Of(text), sizeBytes: Buffer.byteLength(text) }];
}

async function writeHashed(
  outDir: string,
  extension: PackageFile['extension'],
  bytes: Uint8Array | string,
): Promise<PackageFile> {
  const sha256 = sha256Of(bytes);
  const name = `${sha256}.${extension}`;
  const path = join(outDir, name);
  await writeFile(path, bytes);
  return { name, path, sha256, extension, sizeBytes: Buffer.byteLength(bytes) };
}

/** A part of a file under the name of its content, read twice so that memory does not depend on its size. */
async function copyHashed(
  source: string,
  { offset, sizeBytes }: { offset: number; sizeBytes: number },
  outDir: string,
): Promise<PackageFile> {
  const part = () =>
    createReadStream(source, { start: offset, end: offset + sizeBytes - 1, highWaterMark: MIB });
  const hash = createHash('sha256');
  for await (const chunk of part()) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  const name = `${sha256}.m4s`;
  const path = join(outDir, name);
  const target = await open(path, 'w');
  await pipeline(part(), target.createWriteStream());
  return { name, path, sha256, extension: 'm4s', sizeBytes };
}

function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
