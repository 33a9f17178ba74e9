import type { VideoMeasurement } from '@cuepoint/media';
import { describe, expect, it } from 'vitest';
import {
  checkSpecPack,
  evaluateMeasurement,
  packVerdict,
  type QcCheck,
} from '../../src/modules/creatives/domain/qc/index.ts';
import { masterMeasurement } from '../../src/modules/creatives/domain/qc/master.fixture.ts';
import { SPEC_PACKS, SPEC_PACKS_VERSION } from './spec-packs.ts';

type Change = Parameters<typeof masterMeasurement>[0];
const DEFAULT = SPEC_PACKS.filter((pack) => pack.defaultMatrix);

describe('the default matrix', () => {
  it('has its eight destinations in order', () => {
    expect(DEFAULT.map(({ name }) => name)).toEqual([
      'Amazon STV Prime Video',
      'Amazon STV third-party apps and Fire TV',
      'Amazon online video',
      'DV360',
      'The Trade Desk CTV',
      'StackAdapt CTV',
      'Viant (Adelphic) CTV',
      'NBCU / Peacock (FreeWheel served)',
    ]);
    expect(SPEC_PACKS.map(({ position }) => position)).toEqual(SPEC_PACKS.map((_, index) => index + 1));
  });

  it.each(DEFAULT.map((pack) => [pack.name, pack] as const))(
    '%s passes the recommended master of 15 and of 30 s',
    (_, pack) => {
      for (const durationMs of [15_000, 30_000]) {
        const findings = evaluateMeasurement(masterMeasurement({ durationMs }), pack, { market: 'US' });
        expect(findings.filter(({ status }) => status !== 'passed')).toEqual([]);
        expect(packVerdict(findings).verdict).toBe('pass');
      }
    },
  );

  it('blocks raw generator output where a public page says so, and warns where nobody has confirmed the figure', () => {
    const raw = masterMeasurement({
      durationMs: 5_042,
      video: { width: 1280, height: 720, fps: 24, bitrateBps: 6_000_000 },
      audio: null,
    });
    const verdicts = DEFAULT.map(
      (pack) => packVerdict(evaluateMeasurement(raw, pack, { market: 'US' })).verdict,
    );
    expect(verdicts).toEqual(['block', 'block', 'block', 'block', 'warn', 'warn', 'warn', 'block']);
  });

  it('Prime Video lengths go by market', () => {
    const prime = DEFAULT[0]!;
    const at = (durationMs: number, market?: string) =>
      evaluateMeasurement(
        masterMeasurement({ durationMs }),
        prime,
        market === undefined ? {} : { market },
      ).find(({ check }) => check === 'duration')?.status;
    expect([
      at(45_000, 'US'),
      at(45_000, 'DE'),
      at(20_000, 'DE'),
      at(20_000, 'JP'),
      at(10_000, 'BR'),
    ]).toEqual(['passed', 'block', 'passed', 'block', 'passed']);
    expect([at(30_000), at(20_000), at(33_000)]).toEqual(['passed', 'warn', 'block']);
  });
});

describe('every pack', () => {
  it('there are nineteen, with ids of their own and the version of the set', () => {
    expect(new Set(SPEC_PACKS.map(({ id }) => id)).size).toBe(19);
    expect(SPEC_PACKS.every(({ version }) => version === SPEC_PACKS_VERSION)).toBe(true);
  });

  it.each(SPEC_PACKS.map((pack) => [pack.id, pack] as const))('%s is sound', (_, pack) => {
    expect(checkSpecPack(pack)).toEqual([]);
    expect(pack.sources.length).toBeGreaterThan(0);
    expect(
      pack.rules.filter(({ confidence, severity }) => confidence === 'R' && severity === 'block'),
    ).toEqual([]);
  });

  it.each(SPEC_PACKS.map((pack) => [pack.id, pack] as const))(
    '%s lets the recommended master through',
    (_, pack) => {
      const findings = evaluateMeasurement(masterMeasurement(), pack, { market: 'US' });
      expect(findings.filter(({ status }) => status === 'block')).toEqual([]);
    },
  );

  // For each check, files that break it towards either side and nothing else.
  const BREAKING: Partial<Record<QcCheck, Change[]>> = {
    video_present: [{ video: null }],
    container: [{ container: 'mkv' }],
    moov_first: [{ moovFirst: false }],
    file_size: [{ sizeBytes: 20_000_000_000 }],
    total_bitrate: [{ totalBitrateBps: 100_000 }],
    video_codec: [{ video: { codec: 'vp8' } }],
    video_profile: [{ video: { profile: 'Main' } }],
    pixel_format: [{ video: { pixelFormat: 'yuv422p' } }],
    resolution: [{ video: { width: 320, height: 180 } }],
    aspect_ratio: [{ video: { sampleAspect: '4:3' } }],
    progressive: [{ video: { interlaced: true } }],
    frame_rate: [{ video: { fps: 12 } }, { video: { fps: 59.94 } }],
    frame_rate_constant: [{ video: { fpsConstant: false } }],
    video_bitrate: [{ video: { bitrateBps: 300_000 } }, { video: { bitrateBps: 90_000_000 } }],
    duration: [{ durationMs: 400 }, { durationMs: 20_000_000 }],
    audio_length: [{ audio: { durationMs: 29_000 } }],
    audio_present: [{ audio: null }],
    audio_tracks: [{ audioTrackCount: 2 }],
    audio_codec: [{ audio: { codec: 'opus' } }],
    audio_sample_rate: [{ audio: { sampleRateHz: 32_000 } }],
    audio_channels: [{ audio: { channels: 1 } }],
    audio_bitrate: [{ audio: { bitrateBps: 64_000 } }],
    loudness: [{ audio: { integratedLufs: -40 } }, { audio: { integratedLufs: -12 } }],
    true_peak: [{ audio: { truePeakDbtp: 0.3 } }],
  };

  const rules = SPEC_PACKS.flatMap((pack) =>
    pack.rules.map((rule) => [pack.id, rule.id, pack, rule] as const),
  );
  it.each(rules)('%s: a file that breaks only %s is found, and nothing else is', (_, __, pack, rule) => {
    const files = (BREAKING[rule.check] ?? []).map((change): VideoMeasurement => masterMeasurement(change));
    const unlike = new Set(
      evaluateMeasurement(masterMeasurement(), pack, { market: 'US' })
        .filter(({ status }) => status !== 'passed')
        .map(({ rule: id }) => id),
    );
    const hits = files.filter((file) => {
      const bad = evaluateMeasurement(file, pack, { market: 'US' }).filter(
        ({ rule: id, status }) => (status === 'warn' || status === 'block') && !unlike.has(id),
      );
      // Two rules of one check (a floor and a better figure) fall together.
      expect(bad.filter(({ check }) => check !== rule.check)).toEqual([]);
      return bad.some(({ rule: id, status }) => id === rule.id && status === rule.severity);
    });
    expect(hits.length).toBeGreaterThan(0);
  });
});
