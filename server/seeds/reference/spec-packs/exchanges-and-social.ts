import {
  GB,
  KBPS,
  lengths,
  loudnessAround,
  MB,
  MBPS,
  type PackDraft,
  rulesFrom,
  terms,
  VIDEO_PRESENT,
} from './rules.ts';

const SHARETHROUGH = 'https://support.sharethrough.com/hc/en-us/articles/4946679725723';
const GUMGUM = 'https://gumgum.jira.com/wiki/spaces/GCDC/pages/4503666689';
const TIKTOK = 'TikTok API for Business v1.3, video upload';
const recalledSource = (destination: string) =>
  `Commonly stated for ${destination}; no public document found`;

const sharethrough = rulesFrom(SHARETHROUGH, 'D');
const gumgum = rulesFrom(GUMGUM, 'D');
const magnite = rulesFrom(recalledSource('Magnite Streaming'), 'R');
const tiktok = rulesFrom(TIKTOK, 'D');
const tiktokRecalled = rulesFrom(recalledSource('TikTok in-feed'), 'R');
const meta = rulesFrom(recalledSource('Meta video'), 'R');
const demandGen = rulesFrom(recalledSource('Google Demand Gen'), 'R');
const bidRequest = rulesFrom(recalledSource('PubMatic and Index Exchange CTV'), 'R');

export const EXCHANGE_AND_SOCIAL_PACKS: readonly PackDraft[] = [
  {
    id: 'sharethrough_ctv',
    name: 'Sharethrough CTV',
    kind: 'ssp',
    sources: [SHARETHROUGH],
    rules: [
      VIDEO_PRESENT,
      sharethrough('container', 'block', { oneOf: ['mp4'] }),
      sharethrough('resolution', 'block', { minSizes: ['1280x720'] }, { note: 'Stated as HD.' }),
      sharethrough('video_bitrate', 'block', { min: 2 * MBPS + 1 }, { note: 'Stated as above 2 Mbps.' }),
      sharethrough('duration', 'block', lengths(15, 30), { note: 'Exactly: 14.5 s fails.' }),
    ],
    delivery: terms({ oneDurationPerTag: true }),
  },
  {
    id: 'gumgum_ctv',
    name: 'GumGum CTV',
    kind: 'ssp',
    sources: [GUMGUM],
    rules: [
      VIDEO_PRESENT,
      gumgum('container', 'block', { oneOf: ['mp4'] }),
      gumgum('moov_first', 'block'),
      gumgum('video_codec', 'block', { oneOf: ['h264'] }),
      gumgum('pixel_format', 'block', { oneOf: ['yuv420p', 'yuvj420p'] }),
      gumgum('aspect_ratio', 'block', { oneOf: ['16:9'] }),
      gumgum('progressive', 'block'),
      gumgum('duration', 'block', { oneOf: [6_000, 15_000, 30_000], tolerance: 1_000 }),
      gumgum('audio_present', 'block'),
      gumgum('audio_codec', 'block', { oneOf: ['aac'] }),
    ],
    delivery: terms({
      vastVersions: ['3.0'],
      adVerifications: false,
      notes: ['Several MediaFiles wanted.', 'Native frame rate of the source.'],
    }),
  },
  {
    id: 'magnite_streaming',
    name: 'Magnite Streaming (deal pre-registration)',
    kind: 'ssp',
    sources: [recalledSource('Magnite Streaming')],
    rules: [
      VIDEO_PRESENT,
      magnite('container', 'warn', { oneOf: ['mp4'] }),
      magnite('resolution', 'warn', { minSizes: ['1920x1080'] }),
      magnite('video_bitrate', 'warn', { min: 15 * MBPS }, { note: 'Stated as the 15 Mbps class.' }),
      magnite('audio_present', 'warn'),
      magnite('loudness', 'warn', loudnessAround(-24, 2)),
    ],
    delivery: terms({
      maxWrappers: 0,
      notes: ['Pre-registration needs a tag without wrappers and 72 hours.', 'Lengths are set per deal.'],
    }),
  },
  {
    id: 'pubmatic_index_ctv',
    name: 'PubMatic, Index Exchange CTV',
    kind: 'ssp',
    sources: [recalledSource('PubMatic and Index Exchange CTV')],
    rules: [
      VIDEO_PRESENT,
      bidRequest('container', 'warn', { oneOf: ['mp4'] }, { note: 'The types of imp.video.mimes decide.' }),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0', '4.0', '4.1'],
      notes: ['Length, size, type and highest bitrate come with each bid request (imp.video).'],
    }),
  },
  {
    id: 'tiktok_in_feed',
    name: 'TikTok in-feed',
    kind: 'social',
    sources: [TIKTOK, recalledSource('TikTok in-feed')],
    rules: [
      VIDEO_PRESENT,
      tiktok('container', 'block', { oneOf: ['mp4', 'mov', 'mpeg', 'avi'] }),
      tiktok(
        'file_size',
        'block',
        { max: 500 * MB },
        { note: 'Uploads by address should stay below 10 MB.' },
      ),
      tiktok('aspect_ratio', 'block', { oneOf: ['9:16', '1:1', '16:9'] }),
      tiktokRecalled('resolution', 'warn', { minSizes: ['540x960', '640x640', '960x540'] }),
      tiktokRecalled('video_bitrate', 'warn', { min: 516 * KBPS }),
      tiktokRecalled(
        'duration',
        'warn',
        { min: 5_000, max: 60_000, toleranceFrames: 0.5 },
        { note: 'Up to 10 minutes are taken.' },
      ),
    ],
    delivery: terms({ hosted: true, clickThrough: true, notes: ['Measurement by viewability_vast_url.'] }),
  },
  {
    id: 'meta_video',
    name: 'Meta video (feed, Reels, in-stream)',
    kind: 'social',
    sources: [recalledSource('Meta video')],
    rules: [
      VIDEO_PRESENT,
      meta('container', 'warn', { oneOf: ['mp4', 'mov'] }, { note: 'GIF is taken too.' }),
      meta('file_size', 'warn', { max: 4 * GB }),
      meta('video_codec', 'warn', { oneOf: ['h264'] }),
      meta('resolution', 'warn', { minSizes: ['1080x1080'] }),
      meta('aspect_ratio', 'warn', { oneOf: ['1:1', '4:5', '9:16', '16:9'] }),
      meta('frame_rate', 'warn', { max: 30 }),
      meta(
        'duration',
        'warn',
        { min: 1_000, max: 14_460_000 },
        { note: 'Feed; in-stream 5 to 600 s, Reels best up to 60 s.' },
      ),
      meta('audio_present', 'warn'),
      meta('audio_codec', 'warn', { oneOf: ['aac'] }),
      meta('audio_bitrate', 'warn', { min: 128 * KBPS }),
      meta('audio_channels', 'warn', { min: 2, max: 2 }),
    ],
    delivery: terms({ hosted: true, clickThrough: true }),
  },
  {
    id: 'google_demand_gen',
    name: 'Google Demand Gen (YouTube)',
    kind: 'social',
    sources: [recalledSource('Google Demand Gen')],
    rules: [
      VIDEO_PRESENT,
      demandGen('resolution', 'warn', { oneOf: ['1920x1080', '1080x1920', '1080x1080'] }),
      demandGen('duration', 'warn', { min: 5_000 }, { note: 'Ten seconds or more are safer.' }),
    ],
    delivery: terms({
      hosted: true,
      clickThrough: true,
      notes: ['The video is given by its YouTube id.', 'Playback is normalised to -14 LUFS.'],
    }),
  },
];
