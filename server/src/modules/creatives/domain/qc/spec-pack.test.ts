import { describe, expect, it } from 'vitest';
import { checkSpecPack } from './check-spec-pack.ts';
import { evaluateMeasurement } from './evaluate-measurement.ts';
import { packVerdict } from './finding.ts';
import { masterMeasurement } from './master.fixture.ts';
import { CUEPOINT_SERVING } from './serving-pack.ts';
import type { SpecPack, SpecRule } from './spec-pack.ts';
import { timecode, withUnit } from './units.ts';

describe('the serving pack', () => {
  const verdict = (change: Parameters<typeof masterMeasurement>[0]) =>
    packVerdict(evaluateMeasurement(masterMeasurement(change), CUEPOINT_SERVING));

  it('is sound, and the master passes it', () => {
    expect(checkSpecPack(CUEPOINT_SERVING)).toEqual([]);
    expect(verdict({})).toMatchObject({ verdict: 'pass', blocks: 0, warns: 0, notMeasured: 0 });
  });

  it.each([
    [{ container: 'webm' }],
    [{ moovFirst: false }],
    [{ video: { codec: 'hevc' } }],
    [{ video: { profile: 'High 10', pixelFormat: 'yuv420p10le' } }],
    [{ audio: { codec: 'mp3' } }],
    [{ durationMs: 999 }],
    [{ video: null }],
  ] as const)('blocks %j', (change) => {
    expect(verdict(change).verdict).toBe('block');
  });

  it('serves a silent film, with a warning', () => {
    expect(verdict({ audio: null })).toMatchObject({ verdict: 'warn', blocks: 0, warns: 1 });
  });

  it('does not call unproven what it calls passed', () => {
    expect(verdict({ video: { profile: null } })).toMatchObject({
      verdict: 'warn',
      warns: 0,
      notMeasured: 1,
    });
  });
});

describe('checkSpecPack', () => {
  const base: SpecRule = {
    id: 'a',
    check: 'container',
    severity: 'block',
    oneOf: ['mp4'],
    source: 'a page',
    confidence: 'D',
  };
  const problemsOf = (...changes: Partial<SpecRule>[]) => {
    const rules = changes.map((change) => ({ ...base, ...change }));
    return checkSpecPack({ ...CUEPOINT_SERVING, rules });
  };

  it.each<[Partial<SpecRule>, string]>([
    [
      { check: 'colour' as SpecRule['check'] },
      'Rule "a": check is "colour"; accepted: video_present, container',
    ],
    [{ min: 3 }, 'min means nothing for container; accepted: oneOf, recommended.'],
    [{ check: 'file_size', oneOf: undefined as never }, 'it limits nothing; give min or max or oneOf.'],
    [{ check: 'file_size', oneOf: ['big'] }, 'oneOf holds "big"; accepted: a number.'],
    [{ check: 'file_size', oneOf: undefined as never, min: 2, max: 1 }, 'min 2 is above max 1.'],
    [{ check: 'file_size', oneOf: undefined as never, max: Number.NaN }, 'max is NaN; accepted: a number.'],
    [{ oneOf: [] }, 'oneOf is empty; nothing could pass.'],
    [{ oneOf: [4] }, 'oneOf holds 4; accepted: a string.'],
    [
      { check: 'resolution', oneOf: ['full-hd'] },
      '"full-hd" is not a size; accepted: width x height such as 1920x1080.',
    ],
    [{ confidence: 'R' }, 'an unconfirmed figure (R) cannot block'],
    [{ source: ' ' }, 'source is empty'],
    [{ check: 'video_codec', oneOf: ['h264'] }, 'add a video_present rule'],
  ])('%j', (change, problem) => {
    expect(problemsOf(change).join('\n')).toContain(problem);
  });

  it('finds a doubled id, a bad pack id and a bad date', () => {
    expect(problemsOf({}, {}).join()).toContain('Rule id "a" is used twice');
    const pack: SpecPack = { ...CUEPOINT_SERVING, id: 'My Pack', effectiveOn: 'today' };
    expect(checkSpecPack(pack).map((problem) => problem.split(' is ')[0])).toEqual(['id', 'effectiveOn']);
  });
});

describe('units', () => {
  it.each([
    [20_000_000, 'bps', '20 Mbps'],
    [516_000, 'bps', '516 kbps'],
    [76_543_210, 'bytes', '76.543 MB'],
    [1_900_000_000, 'bytes', '1.9 GB'],
    [29.97002997, 'fps', '29.97 fps'],
    [44_100, 'hz', '44.1 kHz'],
    [41, 'level', 'level 4.1'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(withUnit(value, unit)).toBe(text);
  });

  it('time codes', () => {
    expect([0, 75_500, 600_001].map(timecode)).toEqual(['0:00.000', '1:15.500', '10:00.001']);
  });
});
