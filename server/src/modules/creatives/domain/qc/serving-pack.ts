import type { SpecPack, SpecRule } from './spec-pack.ts';

const SOURCE = 'What this server serves: MP4 that browsers, connected TVs and stitchers all decode';

type OwnRule = Omit<SpecRule, 'source' | 'confidence'>;
const own = (rule: OwnRule): SpecRule => ({ ...rule, source: SOURCE, confidence: 'O' });

/**
 * What every creative must pass before this server hands it to a player, whatever its
 * destination. Quality is for the destination packs; this one only keeps screens from
 * staying dark. Stretches warn: only a person can tell a fault from an idea.
 */
export const CUEPOINT_SERVING: SpecPack = {
  id: 'cuepoint_serving',
  name: 'Cuepoint serving',
  kind: 'own_server',
  version: '1',
  effectiveOn: '2026-11-21',
  defaultMatrix: false,
  position: 0,
  sources: [SOURCE],
  rules: [
    own({ id: 'video_present', check: 'video_present', severity: 'block' }),
    own({ id: 'container', check: 'container', severity: 'block', oneOf: ['mp4'] }),
    own({ id: 'moov_first', check: 'moov_first', severity: 'block' }),
    own({ id: 'file_size', check: 'file_size', severity: 'block', max: 2_000_000_000 }),
    own({ id: 'total_bitrate', check: 'total_bitrate', severity: 'warn', max: 40_000_000 }),
    own({ id: 'video_codec', check: 'video_codec', severity: 'block', oneOf: ['h264'] }),
    own({
      id: 'video_profile',
      check: 'video_profile',
      severity: 'block',
      oneOf: ['Constrained Baseline', 'Baseline', 'Main', 'High'],
      onlyVideoCodecs: ['h264'],
    }),
    own({ id: 'video_level', check: 'video_level', severity: 'warn', max: 42, onlyVideoCodecs: ['h264'] }),
    own({ id: 'pixel_format', check: 'pixel_format', severity: 'block', oneOf: ['yuv420p', 'yuvj420p'] }),
    own({ id: 'color_primaries', check: 'color_primaries', severity: 'warn', oneOf: ['bt709'] }),
    own({ id: 'resolution', check: 'resolution', severity: 'block', minSizes: ['320x180', '180x320'] }),
    own({ id: 'sample_aspect', check: 'sample_aspect', severity: 'warn' }),
    own({ id: 'progressive', check: 'progressive', severity: 'warn' }),
    own({ id: 'frame_rate', check: 'frame_rate', severity: 'block', min: 10, max: 60 }),
    own({ id: 'frame_rate_constant', check: 'frame_rate_constant', severity: 'warn' }),
    own({ id: 'duration', check: 'duration', severity: 'block', min: 1_000, max: 600_000 }),
    own({ id: 'audio_present', check: 'audio_present', severity: 'warn' }),
    own({ id: 'audio_codec', check: 'audio_codec', severity: 'block', oneOf: ['aac'] }),
    own({ id: 'audio_sample_rate', check: 'audio_sample_rate', severity: 'block', oneOf: [44_100, 48_000] }),
    own({ id: 'audio_channels', check: 'audio_channels', severity: 'warn', min: 1, max: 2 }),
    own({ id: 'true_peak', check: 'true_peak', severity: 'warn', max: -1 }),
    own({ id: 'black_edges', check: 'black', severity: 'warn', max: 500, where: 'edges' }),
    own({ id: 'black', check: 'black', severity: 'warn', max: 2_000 }),
    own({ id: 'frozen', check: 'frozen', severity: 'warn', max: 2_000 }),
    own({ id: 'silent', check: 'silent', severity: 'warn', max: 1_000 }),
  ],
  delivery: {
    hosted: false,
    vastVersions: ['2.0', '3.0', '4.0', '4.1', '4.2'],
    maxWrappers: null,
    adVerifications: true,
    vpaid: false,
    clickThrough: true,
    oneDurationPerTag: false,
    mezzanineRequired: false,
    corsRequired: true,
    adIdRequired: true,
    notes: [],
  },
};
