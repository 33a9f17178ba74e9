import { describe, expect, it } from 'vitest';
import { CHECKS } from './checks/index.ts';
import { evaluateMeasurement } from './evaluate-measurement.ts';
import type { QcFinding } from './finding.ts';
import { masterMeasurement, packOf } from './master.fixture.ts';
import type { QcCheck, SpecRule } from './spec-pack.ts';

// One rule of every check, all met by the master.
const STRICT: Record<QcCheck, Partial<SpecRule>> = {
  video_present: {},
  container: { oneOf: ['mp4', 'mov'] },
  moov_first: {},
  file_size: { max: 500_000_000 },
  total_bitrate: { max: 30_000_000 },
  video_codec: { oneOf: ['h264', 'prores'] },
  video_profile: { oneOf: ['Main', 'High'] },
  video_level: { max: 42 },
  pixel_format: { oneOf: ['yuv420p'] },
  color_primaries: { oneOf: ['bt709'] },
  resolution: { minSizes: ['1920x1080'] },
  aspect_ratio: { oneOf: ['16:9'] },
  sample_aspect: {},
  progressive: {},
  frame_rate: { oneOf: [23.976, 25, 29.97] },
  frame_rate_constant: {},
  video_bitrate: { min: 15_000_000, max: 30_000_000, recommended: 20_000_000 },
  duration: { oneOf: [15_000, 30_000], toleranceFrames: 0.5 },
  audio_length: { max: 100 },
  audio_present: {},
  audio_tracks: { oneOf: [1] },
  audio_codec: { oneOf: ['aac', 'pcm'] },
  audio_sample_rate: { oneOf: [48_000] },
  audio_channels: { min: 2, max: 2 },
  audio_bitrate: { min: 192_000 },
  loudness: { min: -26, max: -22, recommended: -24 },
  true_peak: { max: -2 },
  black: { max: 500, where: 'edges' },
  frozen: { max: 2_000 },
  silent: { max: 1_000 },
};
const strictPack = packOf(
  ...Object.entries(STRICT).map(([check, limits]) => ({ check: check as QcCheck, ...limits })),
);
const failing = (findings: QcFinding[]) => findings.filter(({ status }) => status !== 'passed');

describe('a measured file against one rule of every check', () => {
  it('the pack of this test covers every check', () => {
    expect(Object.keys(STRICT).sort()).toEqual(Object.keys(CHECKS).sort());
  });

  it('the master passes each, with no remedy left to read', () => {
    const findings = evaluateMeasurement(masterMeasurement(), strictPack);
    expect(failing(findings)).toEqual([]);
    expect(findings).toHaveLength(Object.keys(CHECKS).length);
    expect(findings.every(({ remedy }) => remedy === '')).toBe(true);
  });

  it.each<
    [QcCheck, Parameters<typeof masterMeasurement>[0], measured: string, limit: string, remedy: string]
  >([
    [
      'container',
      { container: 'webm' },
      'WEBM',
      'one of MP4, MOV',
      'Rewrap the streams into one of MP4, MOV',
    ],
    [
      'moov_first',
      { moovFirst: false },
      'index (moov) after the media data',
      'index (moov) before the media data',
      'faststart',
    ],
    ['file_size', { sizeBytes: 500_000_001 }, '500 MB', 'at most 500 MB', 'stays within 500 MB'],
    [
      'total_bitrate',
      { totalBitrateBps: 31_250_000 },
      '31.25 Mbps',
      'at most 30 Mbps',
      'a total of 30 Mbps or less',
    ],
    [
      'video_codec',
      { video: { codec: 'hevc' } },
      'HEVC',
      'one of H.264, ProRes',
      'Encode the video as one of H.264, ProRes.',
    ],
    [
      'video_profile',
      { video: { profile: 'High 4:2:2' } },
      'High 4:2:2',
      'one of Main, High',
      'Encode with profile',
    ],
    [
      'video_level',
      { video: { level: 51 } },
      'level 5.1',
      'at most level 4.2',
      'Encode with level 4.2 or below',
    ],
    [
      'pixel_format',
      { video: { pixelFormat: 'yuv422p10le' } },
      'yuv422p10le',
      'yuv420p',
      'Convert the picture to yuv420p',
    ],
    ['color_primaries', { video: { colorPrimaries: 'bt2020' } }, 'bt2020', 'bt709', 'Convert to bt709'],
    [
      'resolution',
      { video: { width: 1280, height: 720 } },
      '1280×720',
      'at least 1920×1080',
      'Supply a picture of at least 1920×1080, rendered from the master',
    ],
    [
      'aspect_ratio',
      { video: { width: 2560, height: 1080 } },
      '2.370:1',
      '16:9',
      'Reframe the picture to 16:9',
    ],
    [
      'sample_aspect',
      { video: { width: 2560, height: 1080, sampleAspect: '3:4' } },
      'pixels that are not square',
      'square pixels',
      '1:1',
    ],
    ['progressive', { video: { interlaced: true } }, 'interlaced', 'progressive', 'deinterlace'],
    [
      'frame_rate',
      { video: { fps: 24 } },
      '24 fps',
      'one of 23.976 fps, 25 fps, 29.97 fps',
      'Export natively at 23.976 fps',
    ],
    ['frame_rate_constant', { video: { fpsConstant: false } }, 'variable', 'constant', 'constant frame rate'],
    [
      'video_bitrate',
      { video: { bitrateBps: 14_999_900 } },
      '14.999 Mbps',
      '15 Mbps to 30 Mbps; recommended 20 Mbps',
      '15 Mbps or more',
    ],
    [
      'video_bitrate',
      { video: { bitrateBps: 40_000_000 } },
      '40 Mbps',
      '15 Mbps to 30 Mbps; recommended 20 Mbps',
      '30 Mbps or less',
    ],
    [
      'duration',
      { durationMs: 30_022 },
      '30.022 s',
      'one of 15.000 s, 30.000 s (within half a frame)',
      'Trim 0.022 s to reach 30.000 s.',
    ],
    [
      'duration',
      { durationMs: 14_500 },
      '14.500 s',
      'one of 15.000 s, 30.000 s (within half a frame)',
      'Extend by 0.500 s to reach 15.000 s.',
    ],
    [
      'audio_length',
      { audio: { durationMs: 29_500 } },
      '0.500 s shorter than the video',
      'within 0.100 s of the video',
      'Pad or trim',
    ],
    ['audio_tracks', { audioTrackCount: 2 }, '2', '1', 'Mix down to 1.'],
    [
      'audio_codec',
      { audio: { codec: 'mp3' } },
      'MP3',
      'one of AAC, PCM',
      'Encode the audio as one of AAC, PCM.',
    ],
    [
      'audio_sample_rate',
      { audio: { sampleRateHz: 44_100 } },
      '44.1 kHz',
      '48 kHz',
      'Export the mix at 48 kHz.',
    ],
    ['audio_channels', { audio: { channels: 1 } }, '1 channel', 'exactly 2 channels', 'with 2 channels'],
    [
      'audio_bitrate',
      { audio: { bitrateBps: 128_000 } },
      '128 kbps',
      'at least 192 kbps',
      '192 kbps or more',
    ],
    [
      'loudness',
      { audio: { integratedLufs: -18.3 } },
      '-18.3 LUFS',
      '-26.0 LUFS to -22.0 LUFS; recommended -24.0 LUFS',
      'to -24.0 LUFS',
    ],
    [
      'loudness',
      { audio: { integratedLufs: null } },
      'no measurable loudness: silent, or shorter than 400 ms',
      '-26.0 LUFS to -22.0 LUFS; recommended -24.0 LUFS',
      'audible mix',
    ],
    [
      'true_peak',
      { audio: { truePeakDbtp: -0.4 } },
      '-0.4 dBTP',
      'at most -2.0 dBTP',
      'true peak of -2.0 dBTP',
    ],
    [
      'black',
      { stretches: [{ kind: 'black', startMs: 29_000, endMs: 30_000 }] },
      '1.000 s black from 0:29.000',
      'at most 0.500 s black at the start or end',
      '0:29.000 to 0:30.000',
    ],
    [
      'frozen',
      { stretches: [{ kind: 'frozen', startMs: 5_000, endMs: 8_200 }] },
      '3.200 s frozen from 0:05.000',
      'at most 2.000 s frozen in a row',
      'stand still',
    ],
    [
      'silent',
      { stretches: [{ kind: 'silent', startMs: 0, endMs: 1_001 }] },
      '1.001 s silent from 0:00.000',
      'at most 1.000 s silent in a row',
      'Check the mix',
    ],
  ])('%s alone fails, and says what and why', (check, change, measured, limit, remedy) => {
    const found = failing(evaluateMeasurement(masterMeasurement(change), strictPack));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      rule: check,
      check,
      status: 'block',
      measured,
      limit,
      source: 'a page',
      confidence: 'D',
    });
    expect(found[0]?.remedy).toContain(remedy);
  });

  it('a stretch carries its place; two of them are two findings', () => {
    const stretches = [
      { kind: 'frozen' as const, startMs: 1_000, endMs: 4_000 },
      { kind: 'frozen' as const, startMs: 10_000, endMs: 13_000 },
      { kind: 'black' as const, startMs: 12_000, endMs: 13_000 },
    ];
    const found = failing(evaluateMeasurement(masterMeasurement({ stretches }), strictPack));
    expect(found.map(({ check, timecodeMs }) => [check, timecodeMs])).toEqual([
      ['frozen', 1_000],
      ['frozen', 10_000],
    ]);
  });
});

describe('what cannot be measured', () => {
  it('is said, never passed', () => {
    const found = failing(
      evaluateMeasurement(
        masterMeasurement({ moovFirst: null, video: { bitrateBps: null, fpsConstant: null } }),
        strictPack,
      ),
    );
    expect(found.map(({ check, status, notMeasuredBecause }) => [check, status, notMeasuredBecause])).toEqual(
      [
        ['moov_first', 'not_measured', 'no_value'],
        ['frame_rate_constant', 'not_measured', 'no_value'],
        ['video_bitrate', 'not_measured', 'no_value'],
      ],
    );
    expect(found[2]?.remedy).toBe('Check the video bitrate by hand: it could not be read from the file.');
  });

  it('a file without audio fails for the missing stream, and only for that', () => {
    const found = failing(evaluateMeasurement(masterMeasurement({ audio: null }), strictPack));
    expect(found.filter(({ status }) => status === 'block').map(({ check }) => check)).toEqual([
      'audio_present',
    ]);
    expect(found.filter(({ check }) => check === 'loudness')[0]).toMatchObject({
      status: 'not_measured',
      measured: 'no audio stream',
      notMeasuredBecause: 'stream_absent',
    });
  });

  it('a file without picture likewise', () => {
    const found = failing(evaluateMeasurement(masterMeasurement({ video: null }), strictPack));
    expect(found.filter(({ status }) => status === 'block').map(({ check }) => check)).toEqual([
      'video_present',
    ]);
  });

  it('no stated sample aspect means square pixels', () => {
    const pack = packOf({ check: 'sample_aspect' });
    for (const sampleAspect of [null, '0:1', '1:1']) {
      expect(evaluateMeasurement(masterMeasurement({ video: { sampleAspect } }), pack)[0]?.status).toBe(
        'passed',
      );
    }
  });
});
