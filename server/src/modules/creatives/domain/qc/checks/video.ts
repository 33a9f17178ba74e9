import type { CheckDefinition } from '../check.ts';
import type { QcCheck } from '../spec-pack.ts';
import { flagCheck, numberCheck, textCheck } from './makers.ts';

const CODEC_NAMES: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'HEVC',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  other: 'another codec',
};

/** How the picture is coded. */
export const videoChecks = {
  video_codec: textCheck({
    label: 'Video codec',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => video?.codec ?? null,
    words: (value) => CODEC_NAMES[value] ?? value,
    remedy: (accepted) => `Encode the video as ${accepted}.`,
  }),
  video_profile: textCheck({
    label: 'Video profile',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => video?.profile ?? null,
    remedy: (accepted) => `Encode with profile ${accepted}.`,
  }),
  video_level: numberCheck({
    label: 'Video level',
    family: 'video',
    needs: ['video'],
    unit: 'level',
    read: ({ video }) => video?.level ?? null,
    remedy: {
      below: (target) => `Encode with ${target} or above.`,
      above: (target) => `Encode with ${target} or below: older players refuse more.`,
    },
  }),
  pixel_format: textCheck({
    label: 'Pixel format',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => video?.pixelFormat ?? null,
    remedy: (accepted) => `Convert the picture to ${accepted} (8-bit 4:2:0 is what players decode).`,
  }),
  color_primaries: textCheck({
    label: 'Colour primaries',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => video?.colorPrimaries ?? null,
    remedy: (accepted) =>
      `Convert to ${accepted} and tag the file so; otherwise colours shift between players.`,
  }),
  sample_aspect: flagCheck({
    label: 'Square pixels',
    family: 'video',
    needs: ['video'],
    // A file that states no sample aspect is shown with square pixels.
    read: ({ video }) => ['1:1', '0:1', null].includes(video?.sampleAspect ?? null),
    words: { yes: 'square pixels', no: 'pixels that are not square' },
    remedy: {
      yes: 'Scale the picture to its display size and set the sample aspect to 1:1.',
      no: 'Export with anamorphic pixels.',
    },
  }),
  progressive: flagCheck({
    label: 'Scan',
    family: 'video',
    needs: ['video'],
    read: ({ video }) => (video?.interlaced == null ? null : !video.interlaced),
    words: { yes: 'progressive', no: 'interlaced' },
    remedy: { yes: 'Export from the progressive master, or deinterlace.', no: 'Export interlaced.' },
  }),
  video_bitrate: numberCheck({
    label: 'Video bitrate',
    family: 'video',
    needs: ['video'],
    unit: 'bps',
    read: ({ video }) => video?.bitrateBps ?? null,
    remedy: {
      below: (target) =>
        `Encode the video from the master at ${target} or more; raising the rate of this file adds nothing.`,
      above: (target) => `Encode the video at ${target} or less.`,
    },
  }),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;
