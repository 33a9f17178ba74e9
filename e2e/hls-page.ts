import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { servePage } from './serve-page.ts';

const hls = readFileSync(
  join(dirname(createRequire(import.meta.url).resolve('hls.js/package.json')), 'dist/hls.min.js'),
);

/** What `playHls` resolves with. */
export interface SeenHls {
  levels: { width: number; height: number; videoCodec?: string; audioCodec?: string; bitrate: number }[];
  audioTracks: number;
  errors: string[];
  /** `started <event> <asset>` and `ended <event> <asset>`, in order. */
  interstitials: string[];
  /** Position at the end, seconds. */
  played: number;
  frames: number;
}

/**
 * A streaming service's page: hls.js plays what `playHls` is given and resolves with what was seen. With interstitials
 * in the playlist it plays them too, and names those that began and ended by the event's id and the asset's number.
 */
const html = `<!doctype html><meta charset="utf-8"><title>A streaming service</title>
<video muted playsinline width="640" height="360"></video>
<script src="/hls.js"></script>
<script>
window.playHls = (url, rate) => new Promise((resolve, reject) => {
  const video = document.querySelector('video');
  // Each ad is loaded into the same element, which then goes back to this rate.
  video.defaultPlaybackRate = rate;
  const player = new Hls();
  const seen = { levels: [], audioTracks: 0, errors: [], interstitials: [] };
  const asset = (what) => (_, data) => seen.interstitials.push(what + ' ' + data.event.identifier + ' ' + data.assetListIndex);
  player.on(Hls.Events.MANIFEST_PARSED, (_, data) => {
    seen.levels = data.levels.map((one) => ({
      width: one.width, height: one.height, videoCodec: one.videoCodec, audioCodec: one.audioCodec,
      bitrate: one.bitrate,
    }));
    seen.audioTracks = data.audioTracks.length;
  });
  player.on(Hls.Events.INTERSTITIAL_ASSET_STARTED, asset('started'));
  player.on(Hls.Events.INTERSTITIAL_ASSET_ENDED, asset('ended'));
  player.on(Hls.Events.INTERSTITIAL_ASSET_ERROR, (_, data) => seen.errors.push('asset ' + data.details));
  player.on(Hls.Events.ERROR, (_, data) => {
    // A busy machine stalls with everything buffered; what is missing or broken has names of its own.
    if (!data.fatal && data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) return;
    seen.errors.push(data.type + ' ' + data.details + ' ' + (data.error?.message ?? ''));
    if (data.fatal) reject(new Error(JSON.stringify(seen)));
  });
  video.addEventListener('ended', () => {
    // An interstitial's own stream may end before the service's does.
    if (player.interstitialsManager?.playingItem?.event) return;
    seen.played = video.currentTime;
    seen.frames = video.getVideoPlaybackQuality().totalVideoFrames;
    resolve(seen);
  });
  player.loadSource(url);
  player.attachMedia(video);
  player.once(Hls.Events.MANIFEST_PARSED, () => video.play().then(() => { video.playbackRate = rate; }, reject));
});
window.ready = true;
</script>`;

/** Serves the page on an origin of its own, as a streaming service's is. */
export function serveHlsPage(): ReturnType<typeof servePage> {
  return servePage(html, { path: '/hls.js', source: hls });
}
