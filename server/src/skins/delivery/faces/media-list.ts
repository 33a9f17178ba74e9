import type { SnapshotCreative } from '../../../kernel/delivery-protocol.ts';
import { mediaName } from '../media-name.ts';
import type { FaceState } from '../served.ts';

export interface MediaChoice {
  readonly url: string;
  readonly mime_type: string;
  readonly delivery: 'progressive' | 'streaming';
  readonly width: number | null;
  readonly height: number | null;
  readonly bitrate_kbps: number | null;
  readonly codec: string | null;
}

const HLS_MIME = 'application/vnd.apple.mpegurl';

/** Where media files are fetched, without a trailing slash. */
export function mediaBase(state: FaceState, publicBaseUrl: string): string {
  return state.mediaBaseUrl ?? `${publicBaseUrl}/media`;
}

/** Every rendition of a creative, most pixels first, then its multivariant playlist when it has been packaged. */
export function mediaChoices(
  state: FaceState,
  publicBaseUrl: string,
  creative: SnapshotCreative,
): MediaChoice[] {
  const base = mediaBase(state, publicBaseUrl);
  const files: MediaChoice[] = [...creative.mediaFiles]
    .sort((a, b) => b.width * b.height - a.width * a.height || b.bitrateKbps - a.bitrateKbps)
    .map((file) => ({
      url: `${base}/${mediaName(file)}`,
      mime_type: file.mime,
      delivery: 'progressive',
      width: file.width,
      height: file.height,
      bitrate_kbps: file.bitrateKbps,
      codec: file.codec,
    }));
  const playlist = playlistUrl(state, publicBaseUrl, creative);
  if (playlist !== null)
    files.push({
      url: playlist,
      mime_type: HLS_MIME,
      delivery: 'streaming',
      width: null,
      height: null,
      bitrate_kbps: null,
      codec: null,
    });
  return files;
}

/** The multivariant playlist; null for a creative that has not been packaged. */
export function playlistUrl(
  state: FaceState,
  publicBaseUrl: string,
  { hls }: SnapshotCreative,
): string | null {
  return hls === undefined ? null : `${mediaBase(state, publicBaseUrl)}/${hls.path}`;
}
