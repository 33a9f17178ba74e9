import {
  FPS,
  GB,
  KBPS,
  lengths,
  loudnessAround,
  MBPS,
  type PackDraft,
  rulesFrom,
  terms,
  VIDEO_PRESENT,
} from './rules.ts';

const NBCU =
  'https://nbcuniversal-creative-guidelines.scrollhelp.site/nbcuadspecs/nbcu-programmatic-video-guidelines';
const DISNEY = 'https://help.vibe.co/en/articles/9735845-disney-peacock-creative-guidelines';
const PREMIUM = 'https://support.propensity.com/hc/en-us/articles/28306109014043';
const FOX = 'https://www.fox.com/article/-597542497600a0002278f460/';
const SKY = 'https://nbcu-creative-guidelines.scroll.site/nbcuniversal-creative-guidelines/_globalskygermany';

const nbcu = rulesFrom(NBCU, 'D');
const disney = rulesFrom(DISNEY, 'T');
const premium = rulesFrom(PREMIUM, 'T');
const fox = rulesFrom(FOX, 'D');
const sky = rulesFrom(SKY, 'D');
const UNSOURCED_LOUDNESS = {
  confidence: 'R',
  source: 'Commonly stated US loudness (ATSC A/85); not in the page of this destination',
} as const;
// ProRes runs at ten times these rates: the ranges are for distribution codecs.
const H264_ONLY = { onlyVideoCodecs: ['h264'] };
const ALL_RATES = [FPS.film, FPS.cinema, FPS.pal, FPS.ntsc, FPS.thirty];

export const NBCU_PACK: PackDraft = {
  id: 'nbcu_peacock',
  name: 'NBCU / Peacock (FreeWheel served)',
  kind: 'publisher',
  sources: [NBCU],
  rules: [
    VIDEO_PRESENT,
    nbcu('container', 'block', { oneOf: ['mp4', 'mov'] }),
    nbcu('file_size', 'block', { max: 10 * GB }),
    nbcu('video_codec', 'block', { oneOf: ['prores', 'h264'] }),
    nbcu(
      'resolution',
      'block',
      { minSizes: ['1920x1080'] },
      { note: 'Mezzanine; renditions of 960x540 or 640x480 and of 640x360 go with it.' },
    ),
    nbcu('aspect_ratio', 'block', { oneOf: ['16:9'] }),
    nbcu('video_bitrate', 'block', { min: 15 * MBPS, max: 30 * MBPS }, { ...H264_ONLY, note: 'Mezzanine.' }),
    nbcu('frame_rate', 'block', { oneOf: ALL_RATES }),
    nbcu('frame_rate_constant', 'block'),
    nbcu('progressive', 'block'),
    nbcu('duration', 'block', lengths(6, 15, 30, 45, 60), {
      note: 'Pre-roll 6, 15, 30; mid-roll 15, 30, 45, 60; 90 s on request.',
    }),
    nbcu('audio_present', 'block'),
    nbcu('audio_bitrate', 'block', { min: 192 * KBPS }),
    nbcu('audio_sample_rate', 'block', { oneOf: [48_000] }),
    nbcu('loudness', 'block', loudnessAround(-24, 2)),
    nbcu('true_peak', 'block', { max: -2 }),
  ],
  delivery: terms({
    oneDurationPerTag: true,
    mezzanineRequired: true,
    adIdRequired: true,
    notes: [
      'Renditions: 3.25 to 5, 1 to 1.5 and 0.34 to 0.46 Mbps beside the mezzanine.',
      'Native frame rate, no telecine.',
      'No stitched ads.',
      'Approval is pending with feedback; there is no formal rejection.',
    ],
  }),
};

export const PUBLISHER_PACKS: readonly PackDraft[] = [
  {
    id: 'disney_hulu',
    name: 'Disney+ / Hulu',
    kind: 'publisher',
    sources: [DISNEY],
    rules: [
      VIDEO_PRESENT,
      disney('container', 'block', { oneOf: ['mov', 'mp4'] }),
      disney('file_size', 'block', { max: 1.9 * GB }, { note: 'In VAST.' }),
      disney('video_codec', 'block', { oneOf: ['prores', 'h264'] }),
      disney('video_profile', 'block', { oneOf: ['High'] }, H264_ONLY),
      disney('resolution', 'block', { minSizes: ['1280x720'], recommended: '1920x1080' }),
      disney('video_bitrate', 'block', { min: 10 * MBPS, max: 40 * MBPS }, H264_ONLY),
      disney('frame_rate', 'block', { oneOf: ALL_RATES }),
      disney('frame_rate_constant', 'block'),
      disney('progressive', 'block'),
      disney('duration', 'block', lengths(15, 30)),
      disney('audio_present', 'block'),
      disney('audio_tracks', 'block', { oneOf: [1] }),
      disney(
        'audio_length',
        'warn',
        { max: 100 },
        { note: 'Stated: the same length; a tenth of a second is allowed for audio framing.' },
      ),
      disney('loudness', 'warn', loudnessAround(-24, 2), UNSOURCED_LOUDNESS),
    ],
    delivery: terms({ notes: ['Review takes extra days.'] }),
  },
  {
    id: 'paramount_wbd',
    name: 'Paramount, WBD (premium set)',
    kind: 'publisher',
    sources: [PREMIUM],
    rules: [
      VIDEO_PRESENT,
      premium('container', 'block', { oneOf: ['mp4'] }),
      premium('video_codec', 'block', { oneOf: ['h264'] }),
      premium('resolution', 'block', { minSizes: ['1920x1080'] }),
      premium('video_bitrate', 'block', { min: 10 * MBPS, recommended: 15 * MBPS }),
      premium('frame_rate', 'block', { oneOf: ALL_RATES }),
      premium('duration', 'warn', lengths(15, 30), {
        note: 'Varies by publisher and package; these two reach most.',
      }),
      premium('audio_present', 'block'),
      premium('audio_codec', 'block', { oneOf: ['aac'] }),
      premium('audio_bitrate', 'block', { min: 192 * KBPS }),
      premium('audio_sample_rate', 'block', { oneOf: [48_000] }),
      premium('loudness', 'warn', loudnessAround(-24, 2), UNSOURCED_LOUDNESS),
    ],
    delivery: terms({ notes: ['VAST with transcodes.'] }),
  },
  {
    id: 'fox_mezzanine',
    name: 'Fox (mezzanine)',
    kind: 'publisher',
    sources: [FOX],
    rules: [
      VIDEO_PRESENT,
      fox('container', 'block', { oneOf: ['mp4'] }, { note: 'With an M3U8 beside it.' }),
      fox('file_size', 'block', { max: 5 * GB }),
      fox('video_codec', 'block', { oneOf: ['h264'] }),
      fox('pixel_format', 'block', { oneOf: ['yuv420p', 'yuvj420p'] }),
      fox('resolution', 'block', { minSizes: ['1920x1080'] }),
      fox('aspect_ratio', 'block', { oneOf: ['16:9'] }),
      fox('progressive', 'block'),
      fox(
        'video_bitrate',
        'block',
        { min: 15 * MBPS, max: 30 * MBPS },
        { note: 'Constant; with a copy of 0.8 to 1.2 Mbps.' },
      ),
      fox('frame_rate', 'block', { oneOf: [FPS.film, FPS.pal, FPS.ntsc] }),
      fox('frame_rate_constant', 'block'),
      fox('duration', 'block', { max: 60_000, toleranceFrames: 0.5 }),
      fox('audio_present', 'block'),
      fox('audio_codec', 'block', { oneOf: ['pcm', 'aac'] }),
      fox('audio_bitrate', 'block', { min: 192 * KBPS }),
      fox('audio_channels', 'block', { min: 2, max: 2 }),
      fox('audio_sample_rate', 'block', { oneOf: [48_000] }),
      fox('loudness', 'block', loudnessAround(-24, 2)),
    ],
    delivery: terms({
      mezzanineRequired: true,
      notes: ['Certified third-party VAST.', 'The page is of 2017.', 'No bars.'],
    }),
  },
  {
    id: 'sky_germany',
    name: 'Sky Germany (NBCU)',
    kind: 'publisher',
    sources: [SKY],
    rules: [
      VIDEO_PRESENT,
      sky(
        'container',
        'block',
        { oneOf: ['mp4', 'mov', 'other'] },
        { note: 'MXF is accepted; it is not told apart from other containers here.' },
      ),
      sky('resolution', 'block', { minSizes: ['1280x720'] }),
      sky('aspect_ratio', 'block', { oneOf: ['16:9', '4:3'] }),
      sky('video_bitrate', 'block', { min: 7.7 * MBPS }),
      sky('total_bitrate', 'block', { min: 8 * MBPS }),
      sky('duration', 'block', lengths(6, 7, 8, 9, 10, 30), {
        note: 'Spot 30, bumper 6, sponsor 7 to 10 s.',
      }),
      sky('audio_present', 'block'),
      sky('loudness', 'block', loudnessAround(-23, 1)),
      sky('true_peak', 'block', { max: -1 }),
    ],
    delivery: terms({ notes: ['Loudness to EBU R128.'] }),
  },
];
