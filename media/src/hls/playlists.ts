/** A segment as a media playlist lists it. */
export interface ListedSegment {
  uri: string;
  /** Whole microseconds, so that sums are exact. */
  durationUs: number;
  sizeBytes: number;
}

/** One variant or audio rendition: header, and segments in order. */
export interface MediaPlaylist {
  initUri: string;
  segments: readonly ListedSegment[];
}

export interface VideoVariant {
  uri: string;
  playlist: MediaPlaylist;
  /** RFC 6381. */
  codec: string;
  widthPx: number;
  heightPx: number;
  fps: number;
}

export interface AudioRendition {
  uri: string;
  playlist: MediaPlaylist;
  codec: string;
  channels: number;
}

const AUDIO_GROUP = 'audio';

/**
 * Seconds that no segment of any of these playlists exceeds when rounded: all playlists of one presentation name the
 * same (RFC 8216, 4.3.3.1 and 6.2.4).
 */
export function targetDuration(playlists: readonly MediaPlaylist[]): number {
  const longest = Math.max(...playlists.flatMap((one) => one.segments.map((segment) => segment.durationUs)));
  return Math.max(1, Math.round(longest / 1e6));
}

/** A media playlist of a finished presentation (RFC 8216, 4.3.3). */
export function writeMediaPlaylist(playlist: MediaPlaylist, targetSeconds: number): string {
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MAP:URI="${playlist.initUri}"`,
    ...playlist.segments.flatMap(({ uri, durationUs }) => [`#EXTINF:${(durationUs / 1e6).toFixed(6)},`, uri]),
    '#EXT-X-ENDLIST',
  ]);
}

/**
 * The multivariant playlist (RFC 8216, 4.3.4): every variant plays with the one audio rendition, or without sound when
 * there is none. Best first: the order is what a player without a bandwidth estimate goes by.
 */
export function writeMultivariantPlaylist(
  variants: readonly VideoVariant[],
  audio: AudioRendition | null,
  targetSeconds: number,
): string {
  const sound = audio ? [audioLine(audio)] : [];
  const listed = variants.map((variant) => ({ variant, ...ratesOf(variant, audio, targetSeconds) }));
  listed.sort((left, right) => right.bandwidth - left.bandwidth);
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...sound,
    ...listed.flatMap(({ variant, bandwidth, average }) => [
      `#EXT-X-STREAM-INF:${[
        `BANDWIDTH=${bandwidth}`,
        `AVERAGE-BANDWIDTH=${average}`,
        `CODECS="${[variant.codec, ...(audio ? [audio.codec] : [])].join(',')}"`,
        `RESOLUTION=${variant.widthPx}x${variant.heightPx}`,
        `FRAME-RATE=${variant.fps.toFixed(3)}`,
        ...(audio ? [`AUDIO="${AUDIO_GROUP}"`] : []),
      ].join(',')}`,
      variant.uri,
    ]),
  ]);
}

function audioLine({ uri, channels }: AudioRendition): string {
  return `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${AUDIO_GROUP}",NAME="Main",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${channels}",URI="${uri}"`;
}

/** What a player must be able to fetch, bits per second: the sum of what it plays at once. */
function ratesOf(variant: VideoVariant, audio: AudioRendition | null, targetSeconds: number) {
  const played = audio ? [variant.playlist, audio.playlist] : [variant.playlist];
  const sum = (of: (playlist: MediaPlaylist) => number) => played.reduce((total, one) => total + of(one), 0);
  return {
    bandwidth: Math.ceil(sum((one) => peakBitrate(one.segments, targetSeconds))),
    average: Math.ceil(sum((one) => averageBitrate(one.segments))),
  };
}

/**
 * The peak segment bit rate: the largest of any contiguous set of segments that lasts between 0.5 and 1.5 target
 * durations (RFC 8216, 4.1). A presentation too short for one has its average.
 */
export function peakBitrate(segments: readonly ListedSegment[], targetSeconds: number): number {
  let peak = 0;
  for (let first = 0; first < segments.length; first++) {
    let us = 0;
    let bytes = 0;
    for (let next = first; next < segments.length; next++) {
      us += segments[next]!.durationUs;
      bytes += segments[next]!.sizeBytes;
      if (us > 1.5e6 * targetSeconds) break;
      if (us >= 0.5e6 * targetSeconds) peak = Math.max(peak, (bytes * 8e6) / us);
    }
  }
  return Math.max(peak, averageBitrate(segments));
}

function averageBitrate(segments: readonly ListedSegment[]): number {
  const bytes = segments.reduce((sum, one) => sum + one.sizeBytes, 0);
  return (bytes * 8e6) / segments.reduce((sum, one) => sum + one.durationUs, 0);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
