import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { servePage } from './serve-page.ts';

const vastClient = readFileSync(
  join(
    dirname(createRequire(import.meta.url).resolve('@dailymotion/vast-client/package.json')),
    'dist/vast-client.js',
  ),
);

/** A publisher's page with a player of its own: asks for an ad, plays it, and fires what the tag tells it to. */
const html = `<!doctype html><meta charset="utf-8"><title>A publisher</title>
<video muted playsinline width="640" height="360"></video>
<script type="module">
import { VASTClient, VASTTracker } from '/vast-client.js';
const video = document.querySelector('video');
const playOne = async (client, ad, rate) => {
  const creative = ad.creatives.find((one) => one.type === 'linear');
  const tracker = new VASTTracker(client, ad, creative);
  const file = creative.mediaFiles
    .filter((one) => video.canPlayType(one.mimeType) !== '')
    .sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const seen = {
    events: [], adId: ad.id, sequence: Number(ad.sequence), duration: creative.duration, mimeType: file.mimeType, clickUrl: null,
  };
  for (const event of ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']) {
    tracker.on(event, () => seen.events.push(event));
  }
  tracker.on('clickthrough', (url) => { seen.clickUrl = url; });
  const listening = new AbortController();
  const { signal } = listening;
  const ended = new Promise((resolve, reject) => {
    video.addEventListener('ended', resolve, { signal });
    video.addEventListener('error', () => reject(new Error('media error ' + video.error.code + ' ' + video.error.message)), { signal });
  });
  video.addEventListener('playing', () => tracker.trackImpression(), { once: true, signal });
  video.addEventListener('timeupdate', () => tracker.setProgress(video.currentTime), { signal });
  video.src = file.fileURL;
  video.playbackRate = rate;
  await video.play();
  video.playbackRate = rate;
  await ended;
  listening.abort();
  tracker.complete();
  seen.width = video.videoWidth;
  seen.played = video.currentTime;
  return { seen, tracker };
};
window.playAd = async (tagUrl, rate) => {
  const client = new VASTClient();
  const { ads } = await client.get(tagUrl);
  const { seen, tracker } = await playOne(client, ads[0], rate);
  tracker.click();
  return seen;
};
window.playBreak = async (tagUrl, rate) => {
  const client = new VASTClient();
  const { ads } = await client.get(tagUrl);
  const inOrder = ads.filter((ad) => ad.sequence !== null).sort((a, b) => a.sequence - b.sequence);
  const played = [];
  for (const ad of inOrder) played.push((await playOne(client, ad, rate)).seen);
  return { ads: played };
};
window.ready = true;
</script>`;

/** Serves the page on an origin of its own, as a publisher's is. */
export function servePublisherPage(): ReturnType<typeof servePage> {
  return servePage(html, { path: '/vast-client.js', source: vastClient });
}
