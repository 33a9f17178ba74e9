import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an independent reading of a package found; for tests only. */
export interface CheckedPackage {
  main: string;
  /** Attributes of each variant, quotes taken off, with its playlist. */
  variants: { attributes: Record<string, string>; playlist: CheckedPlaylist }[];
  audio: { attributes: Record<string, string>; playlist: CheckedPlaylist }[];
  /** Files that no playlist names. */
  strays: string[];
}

export interface CheckedPlaylist {
  init: string;
  segments: { uri: string; seconds: number; bytes: number }[];
  target: number;
  /** Sum of EXTINF in milliseconds, to the microsecond. */
  totalMs: number;
}

/**
 * For tests only. Reads a package from its folder as RFC 8216 says, by other code than that which writes it.
 * @throws Error at the first thing the standard or the naming by content forbids
 */
export function checkPackage(folder: string, hash: string): CheckedPackage {
  const seen = new Set(['main.m3u8']);
  const main = readFileSync(join(folder, 'main.m3u8'), 'utf8');
  demand(sha(main) === hash, 'the hash is not that of main.m3u8');
  const lines = body(main);
  demand(lines.includes('#EXT-X-INDEPENDENT-SEGMENTS'), 'segments are not declared independent');
  const media = (uri: string): CheckedPlaylist => {
    seen.add(uri);
    const playlist = checkMediaPlaylist(folder, uri);
    for (const name of [playlist.init, ...playlist.segments.map((one) => one.uri)]) seen.add(name);
    return playlist;
  };
  const audio = lines
    .filter((line) => line.startsWith('#EXT-X-MEDIA:'))
    .map((line) => attributesOf(line))
    .map((attributes) => ({ attributes, playlist: media(attributes.URI ?? '') }));
  const variants = lines.flatMap((line, index) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    return [{ attributes: attributesOf(line), playlist: media(lines[index + 1] ?? '') }];
  });
  demand(variants.length > 0, 'there is no variant');
  const targets = new Set([...audio, ...variants].map((one) => one.playlist.target));
  demand(targets.size === 1, `target durations differ: ${[...targets]}`);
  for (const { attributes, playlist } of variants) {
    const group = audio.filter((one) => one.attributes['GROUP-ID'] === attributes.AUDIO);
    demand((attributes.AUDIO !== undefined) === group.length > 0, 'a variant names no group that exists');
    const played = [playlist, ...group.map((one) => one.playlist)];
    const average = played.reduce((sum, one) => sum + averageOf(one), 0);
    const peak = played.reduce((sum, one) => sum + peakOf(one), 0);
    demand(Math.abs(Number(attributes['AVERAGE-BANDWIDTH']) - average) <= 2, `average should be ${average}`);
    demand(Math.abs(Number(attributes.BANDWIDTH) - peak) <= 2, `peak should be ${peak}`);
  }
  return { main, variants, audio, strays: readdirSync(folder).filter((name) => !seen.has(name)) };
}

function checkMediaPlaylist(folder: string, uri: string): CheckedPlaylist {
  const text = named(folder, uri, 'm3u8').toString('utf8');
  const lines = body(text);
  const value = (tag: string): string => {
    const found = lines.filter((line) => line.startsWith(`#${tag}:`));
    demand(found.length === 1, `${tag} is there ${found.length} times`);
    return found[0]!.slice(tag.length + 2);
  };
  demand(lines.at(-1) === '#EXT-X-ENDLIST', 'the playlist does not end');
  demand(value('EXT-X-PLAYLIST-TYPE') === 'VOD', 'the playlist is not VOD');
  demand(Number(value('EXT-X-VERSION')) >= 6, 'a header needs version 6');
  const target = Number(value('EXT-X-TARGETDURATION'));
  const init = attributesOf(lines.find((line) => line.startsWith('#EXT-X-MAP:')) ?? '').URI ?? '';
  demand(boxTypes(named(folder, init, 'mp4')).join() === 'ftyp,moov', 'the header is not ftyp and moov');
  let micros = 0;
  const segments = lines.flatMap((line, index) => {
    const inf = /^#EXTINF:(\d+\.\d{6}),$/.exec(line);
    demand(inf !== null || !line.startsWith('#EXTINF'), `odd line ${line}`);
    if (!inf) return [];
    const name = lines[index + 1]!;
    const bytes = named(folder, name, 'm4s');
    demand(boxTypes(bytes).join() === 'moof,mdat', `${name} holds ${boxTypes(bytes).join()}`);
    const seconds = Number(inf[1]);
    demand(seconds > 0 && Math.round(seconds) <= target, `${seconds} s with a target of ${target} s`);
    micros += Number(inf[1]!.replace('.', ''));
    return [{ uri: name, seconds, bytes: bytes.length }];
  });
  demand(segments.length > 0, 'there are no segments');
  return { init, segments, target, totalMs: micros / 1000 };
}

function named(folder: string, name: string, extension: string): Buffer {
  demand(new RegExp(`^[0-9a-f]{64}\\.${extension}$`).test(name), `"${name}" is no name by content`);
  const bytes = readFileSync(join(folder, name));
  demand(sha(bytes) === name.slice(0, 64), `${name} has other content than its name says`);
  return bytes;
}

function body(text: string): string[] {
  demand(text.startsWith('#EXTM3U\n') && text.endsWith('\n') && !text.includes('\r'), 'no playlist');
  return text.trimEnd().split('\n');
}

/** RFC 8216, 4.2. */
function attributesOf(line: string): Record<string, string> {
  const list = line.slice(line.indexOf(':') + 1);
  const pairs = [...list.matchAll(/([A-Z0-9-]+)=("[^"\n]*"|[^",\s]+)(?:,|$)/g)];
  demand(pairs.map((pair) => pair[0]).join('') === list, `odd attributes in ${line}`);
  return Object.fromEntries(pairs.map(([, name, text]) => [name!, text!.replaceAll('"', '')]));
}

function boxTypes(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}

function averageOf({ segments, totalMs }: CheckedPlaylist): number {
  return (segments.reduce((sum, one) => sum + one.bytes, 0) * 8000) / totalMs;
}

function peakOf(playlist: CheckedPlaylist): number {
  const { segments, target } = playlist;
  const rates = segments.flatMap((_, first) =>
    segments.slice(first).map((__, count) => {
      const set = segments.slice(first, first + count + 1);
      const seconds = set.reduce((sum, one) => sum + one.seconds, 0);
      const fits = seconds >= 0.5 * target && seconds <= 1.5 * target;
      return fits ? (set.reduce((sum, one) => sum + one.bytes, 0) * 8) / seconds : 0;
    }),
  );
  return Math.max(averageOf(playlist), ...rates);
}

function sha(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
