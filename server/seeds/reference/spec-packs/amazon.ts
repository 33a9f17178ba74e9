import { FPS, KBPS, MB, MBPS, type PackDraft, rulesFrom, terms, VIDEO_PRESENT } from './rules.ts';

const PRIME_VIDEO =
  'https://advertising.amazon.com/resources/ad-specs/dsp/video/streaming-tv-prime-video-ads';
const DSP_VIDEO = 'https://advertising.amazon.com/resources/ad-specs/en/dsp/video';
const OLV = 'https://help.choozle.com/amazon-dsp-ad-specs-streaming-tv-and-online-video-ads';

/** What both streaming TV pages ask of picture and sound alike. */
function streamingTvRules(rule: ReturnType<typeof rulesFrom>, minMbps: number, recommendedMbps: number) {
  return [
    VIDEO_PRESENT,
    rule('container', 'block', { oneOf: ['mp4'] }),
    rule('file_size', 'block', { max: 500 * MB }),
    rule('video_codec', 'block', { oneOf: ['h264', 'mpeg2video', 'mpeg4'] }),
    rule('resolution', 'block', { minSizes: ['1920x1080'] }),
    rule('aspect_ratio', 'block', { oneOf: ['16:9'] }),
    rule('video_bitrate', 'block', { min: minMbps * MBPS, recommended: recommendedMbps * MBPS }),
    rule('frame_rate', 'block', { oneOf: [FPS.film, FPS.cinema, FPS.pal, FPS.ntsc], recommended: FPS.film }),
    rule('frame_rate_constant', 'block'),
    rule('audio_present', 'block'),
    rule(
      'audio_codec',
      'block',
      { oneOf: ['aac', 'pcm'], recommended: 'aac' },
      { note: 'PCM stands in the older page only.' },
    ),
    rule('audio_bitrate', 'block', { min: 192 * KBPS }),
    rule('audio_sample_rate', 'block', { oneOf: [44_100, 48_000] }),
    rule('audio_channels', 'block', { min: 2 }),
  ];
}

const primeVideo = rulesFrom(PRIME_VIDEO, 'D');
const thirdParty = rulesFrom(DSP_VIDEO, 'D');
const olv = rulesFrom(OLV, 'T');

export const AMAZON_PACKS: readonly PackDraft[] = [
  {
    id: 'amazon_stv_prime_video',
    name: 'Amazon STV Prime Video',
    kind: 'dsp',
    sources: [PRIME_VIDEO],
    rules: [
      ...streamingTvRules(primeVideo, 15, 50),
      primeVideo(
        'duration',
        'block',
        {
          byMarket: [
            { markets: ['US', 'CA'], oneOf: [15_000, 30_000, 45_000, 60_000] },
            {
              markets: ['GB', 'DE', 'FR', 'IT', 'ES', 'MX', 'AU'],
              oneOf: [15_000, 20_000, 30_000, 40_000, 60_000],
            },
            { markets: ['JP'], oneOf: [15_000, 30_000] },
            { markets: ['BR', 'IN'], oneOf: [10_000, 15_000, 20_000, 30_000, 40_000, 60_000] },
          ],
          toleranceFrames: 0.5,
        },
        { note: 'Brazil and India are stated as "also 10 s", read here as added to the longer list.' },
      ),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0'],
      notes: [
        'The tag comes from a certified vendor.',
        'The ad is not clickable.',
        'No letterbox or pillarbox.',
      ],
    }),
  },
  {
    id: 'amazon_stv_third_party',
    name: 'Amazon STV third-party apps and Fire TV',
    kind: 'dsp',
    sources: [DSP_VIDEO],
    rules: [
      ...streamingTvRules(thirdParty, 8, 8),
      thirdParty(
        'duration',
        'block',
        {
          byMarket: [{ markets: ['GB', 'DE'], oneOf: [15_000, 20_000, 30_000] }],
          oneOf: [15_000, 30_000],
          toleranceFrames: 0.5,
        },
        { note: 'On third-party exchanges the publisher may accept other lengths.' },
      ),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0'],
      corsRequired: true,
      notes: [
        'The tag comes from a certified vendor.',
        'The ad is not clickable.',
        'The VAST response carries CORS headers.',
        'No letterbox or pillarbox.',
      ],
    }),
  },
  {
    id: 'amazon_olv',
    name: 'Amazon online video',
    kind: 'dsp',
    sources: [OLV],
    rules: [
      VIDEO_PRESENT,
      olv('container', 'block', { oneOf: ['mp4', 'webm'] }),
      olv('file_size', 'block', { max: 500 * MB }),
      olv('video_codec', 'block', { oneOf: ['h264'] }),
      olv('resolution', 'block', { minSizes: ['640x360'] }, { note: 'For third-party served ads.' }),
      olv(
        'resolution',
        'warn',
        { minSizes: ['1920x1080'] },
        { id: 'resolution_site_served', note: 'For ads that Amazon hosts.' },
      ),
      olv('video_bitrate', 'block', { min: 2 * MBPS }, { note: 'For third-party served ads.' }),
      olv(
        'video_bitrate',
        'warn',
        { min: 4 * MBPS },
        { id: 'video_bitrate_site_served', note: 'For ads that Amazon hosts.' },
      ),
      olv('frame_rate', 'block', { min: FPS.film, max: FPS.ntsc }),
      olv(
        'duration',
        'block',
        { min: 6_000, max: 120_000, toleranceFrames: 0.5 },
        { note: 'Best: 6, 15, 20, 30 or 60 s.' },
      ),
      olv('audio_present', 'block'),
      olv('audio_bitrate', 'block', { min: 128 * KBPS }, { note: 'For third-party served ads.' }),
      olv(
        'audio_bitrate',
        'warn',
        { min: 192 * KBPS },
        { id: 'audio_bitrate_site_served', note: 'For ads that Amazon hosts.' },
      ),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0'],
      clickThrough: true,
      notes: ['Companions may be given.'],
    }),
  },
];
