import { describe, expect, it } from 'vitest';
import { evaluateMeasurement } from './evaluate-measurement.ts';
import { masterMeasurement, packOf, type RuleDraft } from './master.fixture.ts';

describe('which rules speak', () => {
  it('an unconfirmed figure warns even where its row says block', () => {
    const limits = { check: 'container', oneOf: ['mov'], confidence: 'R' } as const;
    const status = (draft: RuleDraft) => evaluateMeasurement(masterMeasurement(), packOf(draft))[0]?.status;
    expect(status(limits)).toBe('warn');
    expect(status({ ...limits, confirmedAt: '2026-11-21T00:00:00Z' })).toBe('block');
  });

  it('a rule for other codecs says nothing', () => {
    const pack = packOf({ check: 'video_bitrate', max: 1, onlyVideoCodecs: ['h264'] });
    expect(evaluateMeasurement(masterMeasurement({ video: { codec: 'prores' } }), pack)).toEqual([]);
    expect(evaluateMeasurement(masterMeasurement(), pack)).toHaveLength(1);
  });

  it('PCM is known by any of its sample formats', () => {
    const pack = packOf({ check: 'audio_codec', oneOf: ['pcm'] });
    expect(evaluateMeasurement(masterMeasurement({ audio: { codec: 'pcm_s24le' } }), pack)[0]?.status).toBe(
      'passed',
    );
    expect(evaluateMeasurement(masterMeasurement({ audio: { codec: 'aac' } }), pack)[0]?.status).toBe(
      'block',
    );
  });

  it('a flag may be wanted the other way round', () => {
    const pack = packOf({ check: 'audio_present', expected: false });
    expect(evaluateMeasurement(masterMeasurement({ audio: null }), pack)[0]?.status).toBe('passed');
    expect(evaluateMeasurement(masterMeasurement(), pack)[0]?.remedy).toBe('Remove the audio stream.');
  });
});
