import {
  FPS,
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

const DV360 = 'https://support.google.com/displayvideo/answer/3129957';
const dv360 = rulesFrom(DV360, 'D');
const BEST_PRACTICE = { note: 'The page gives it as a recommendation for best results.' };

const recalled = (destination: string) =>
  rulesFrom(`Commonly stated for ${destination}; no public document found`, 'R');
const ttd = recalled('The Trade Desk CTV');
const stackadapt = recalled('StackAdapt CTV');
const viant = recalled('Viant (Adelphic) CTV');

export const DEMAND_PLATFORM_PACKS: readonly PackDraft[] = [
  {
    id: 'dv360',
    name: 'DV360',
    kind: 'dsp',
    sources: [DV360],
    rules: [
      VIDEO_PRESENT,
      dv360(
        'container',
        'block',
        { oneOf: ['mp4', 'mov', 'avi', 'mpeg', 'webm'], recommended: 'mp4' },
        {
          note: 'WMV is accepted too; it is not told apart from other containers here.',
        },
      ),
      dv360(
        'file_size',
        'block',
        { max: 1 * GB },
        { note: 'Of the source; files served are transcodes of 10 MB at most.' },
      ),
      dv360('aspect_ratio', 'block', { oneOf: ['16:9', '4:3', '9:16', '3:4', '1:1'] }),
      dv360(
        'resolution',
        'warn',
        {
          oneOf: [
            '1920x1080',
            '1280x720',
            '1440x1080',
            '720x1280',
            '1080x1920',
            '1080x1440',
            '720x720',
            '1080x1080',
            '1920x1920',
          ],
        },
        BEST_PRACTICE,
      ),
      dv360('video_codec', 'warn', { oneOf: ['h264'] }, BEST_PRACTICE),
      dv360('video_bitrate', 'warn', { min: 20 * MBPS }, BEST_PRACTICE),
      dv360('frame_rate', 'warn', { oneOf: [FPS.film, FPS.ntsc] }, BEST_PRACTICE),
      dv360('duration', 'warn', lengths(15, 30), {
        note: 'Also sold: under 15, 20, 60, 90 s and more. Videos that rotate stay within 10 % of the longest.',
      }),
      dv360('audio_present', 'block'),
      dv360('audio_codec', 'warn', { oneOf: ['pcm', 'aac'], recommended: 'pcm' }, BEST_PRACTICE),
      dv360('audio_bitrate', 'warn', { min: 192 * KBPS }, BEST_PRACTICE),
      dv360('audio_sample_rate', 'warn', { oneOf: [48_000] }, BEST_PRACTICE),
      dv360('loudness', 'warn', loudnessAround(-24, 2), BEST_PRACTICE),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0', '4.0'],
      maxWrappers: 2,
      clickThrough: true,
      notes: ['VPAID only through Studio and Campaign Manager.', 'No black bars.'],
    }),
  },
  {
    id: 'ttd_ctv',
    name: 'The Trade Desk CTV',
    kind: 'dsp',
    sources: ['Commonly stated for The Trade Desk CTV; no public document found'],
    rules: [
      VIDEO_PRESENT,
      ttd('container', 'warn', { oneOf: ['mp4'] }),
      ttd('file_size', 'warn', { max: 500 * MB }, { note: 'The upload limit is not published.' }),
      ttd('video_codec', 'warn', { oneOf: ['h264'] }),
      ttd('resolution', 'warn', { minSizes: ['1920x1080'] }),
      ttd(
        'video_bitrate',
        'warn',
        { min: 10 * MBPS, recommended: 15 * MBPS },
        { note: 'Top rendition; premium publishers ask for 15 Mbps.' },
      ),
      ttd('frame_rate', 'warn', { min: FPS.film, max: FPS.thirty }),
      ttd('frame_rate_constant', 'warn'),
      ttd('duration', 'warn', lengths(15, 30), { note: '6 to 60 s by deal.' }),
      ttd('audio_present', 'warn'),
      ttd('audio_codec', 'warn', { oneOf: ['aac'] }),
      ttd('audio_bitrate', 'warn', { min: 192 * KBPS }),
      ttd('audio_sample_rate', 'warn', { oneOf: [48_000] }),
      ttd('loudness', 'warn', loudnessAround(-24, 2)),
    ],
    delivery: terms({
      vastVersions: ['2.0', '3.0', '4.0'],
      notes: ['Several MediaFiles wanted.', 'The tag is validated when it is sent; https only.'],
    }),
  },
  {
    id: 'stackadapt_ctv',
    name: 'StackAdapt CTV',
    kind: 'dsp',
    sources: ['Commonly stated for StackAdapt CTV; no public document found'],
    rules: [
      VIDEO_PRESENT,
      stackadapt('container', 'warn', { oneOf: ['mp4', 'mov'] }),
      stackadapt(
        'file_size',
        'warn',
        { max: 500 * MB },
        { note: 'Resellers state anything from 200 MB to 10 GB.' },
      ),
      stackadapt('video_codec', 'warn', { oneOf: ['h264'] }),
      stackadapt('resolution', 'warn', { minSizes: ['1280x720'], recommended: '1920x1080' }),
      stackadapt('aspect_ratio', 'warn', { oneOf: ['16:9'] }),
      stackadapt(
        'video_bitrate',
        'warn',
        { min: 15 * MBPS, max: 30 * MBPS },
        { note: 'Recommended range; floors of 2.5 to 8 Mbps are stated.' },
      ),
      stackadapt('frame_rate', 'warn', { oneOf: [FPS.film, FPS.pal, FPS.ntsc] }),
      stackadapt('duration', 'warn', lengths(15, 30), { note: 'Up to 60 s.' }),
      stackadapt('audio_present', 'warn'),
      stackadapt('audio_codec', 'warn', { oneOf: ['aac'] }),
      stackadapt('audio_bitrate', 'warn', { min: 192 * KBPS }),
      stackadapt('audio_sample_rate', 'warn', { oneOf: [48_000] }),
      stackadapt('loudness', 'warn', loudnessAround(-24, 2), {
        note: 'A tolerance is not stated; the usual 2 LU is used.',
      }),
    ],
    delivery: terms({ vastVersions: ['2.0', '3.0'], notes: ['No MRAID.'] }),
  },
  {
    id: 'viant_ctv',
    name: 'Viant (Adelphic) CTV',
    kind: 'dsp',
    sources: ['Commonly stated for Viant (Adelphic) CTV; no public document found'],
    rules: [
      VIDEO_PRESENT,
      viant('container', 'warn', { oneOf: ['mp4'] }),
      viant('video_codec', 'warn', { oneOf: ['h264'] }),
      viant('resolution', 'warn', { minSizes: ['1920x1080'] }),
      viant('video_bitrate', 'warn', { min: 15 * MBPS }),
      viant('frame_rate', 'warn', { min: FPS.film, max: FPS.thirty }),
      viant('duration', 'warn', lengths(15, 30)),
      viant('audio_present', 'warn'),
      viant('audio_codec', 'warn', { oneOf: ['aac'] }),
      viant('audio_bitrate', 'warn', { min: 192 * KBPS }),
      viant('loudness', 'warn', loudnessAround(-24, 2), {
        note: 'A tolerance is not stated; the usual 2 LU is used.',
      }),
    ],
    delivery: terms({ vastVersions: ['2.0', '3.0'], notes: ['Ask for the file size limit.'] }),
  },
];
