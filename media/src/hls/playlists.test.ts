import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fragment } from './fragments.ts';
import { keyPictureProblem } from './master.ts';
import {
  type ListedSegment,
  peakBitrate,
  targetDuration,
  type VideoVariant,
  writeMediaPlaylist,
  writeMultivariantPlaylist,
} from './playlists.ts';
import { cutsOf } from './timeline.ts';

const segment = (durationUs: number, sizeBytes = 1000): ListedSegment => ({
  uri: 'a.m4s',
  durationUs,
  sizeBytes,
});
const playlist = (...segments: ListedSegment[]) => ({ initUri: 'i.mp4', segments });
const variant = (uri: string, sizeBytes: number): VideoVariant => ({
  uri,
  playlist: playlist(segment(2e6, sizeBytes), segment(2e6, sizeBytes / 2)),
  codec: 'avc1.640028',
  widthPx: 1920,
  heightPx: 1080,
  fps: 24_000 / 1001,
});

describe('a media playlist', () => {
  it('is written as the standard says', () => {
    expect(writeMediaPlaylist(playlist(segment(2_002_000), segment(1)), 2)).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-TARGETDURATION:2',
        '#EXT-X-MEDIA-SEQUENCE:0',
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-MAP:URI="i.mp4"',
        '#EXTINF:2.002000,',
        'a.m4s',
        '#EXTINF:0.000001,',
        'a.m4s',
        '#EXT-X-ENDLIST',
        '',
      ].join('\n'),
    );
  });

  it('has a target that no rounded segment of any playlist exceeds, and at least 1', () => {
    expect(targetDuration([playlist(segment(2_499_999)), playlist(segment(2_500_000))])).toBe(3);
    expect(targetDuration([playlist(segment(2_499_999))])).toBe(2);
    expect(targetDuration([playlist(segment(100_000))])).toBe(1);
  });
});

describe('a multivariant playlist', () => {
  it('lists variants best first, each with the sum of what plays at once', () => {
    const audio = {
      uri: 's.m3u8',
      playlist: playlist(segment(4e6, 50_000)),
      codec: 'mp4a.40.2',
      channels: 2,
    };
    const text = writeMultivariantPlaylist(
      [variant('low.m3u8', 500_000), variant('high.m3u8', 1_000_000)],
      audio,
      2,
    );
    expect(text.split('\n').slice(3)).toEqual([
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Main",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="s.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=4100000,AVERAGE-BANDWIDTH=3100000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=23.976,AUDIO="audio"',
      'high.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=2100000,AVERAGE-BANDWIDTH=1600000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=23.976,AUDIO="audio"',
      'low.m3u8',
      '',
    ]);
    const mute = writeMultivariantPlaylist([variant('v.m3u8', 500_000)], null, 2);
    expect(mute).not.toContain('AUDIO');
    expect(mute).toContain('CODECS="avc1.640028"');
  });

  it('takes a short last segment for no peak, but in a set that is long enough', () => {
    // 0.4 s alone is below half the target; with the 2 s before it the set has 2.4 s.
    expect(peakBitrate([segment(2e6, 250_000), segment(4e5, 200_000)], 2)).toBeCloseTo(1_500_000, 6);
    expect(peakBitrate([segment(2e6, 250_000), segment(4e5, 10_000)], 2)).toBe(1_000_000);
    expect(peakBitrate([segment(4e5, 10_000)], 1)).toBe(200_000);
  });

  it('never has a peak below the average', () => {
    const segments = fc.array(fc.tuple(fc.integer({ min: 1, max: 4e6 }), fc.integer({ min: 1, max: 1e7 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(segments, (all) => {
        const listed = all.map(([us, bytes]) => segment(us, bytes));
        const us = listed.reduce((sum, one) => sum + one.durationUs, 0);
        const bytes = listed.reduce((sum, one) => sum + one.sizeBytes, 0);
        expect(peakBitrate(listed, targetDuration([playlist(...listed)]))).toBeGreaterThanOrEqual(
          (bytes * 8e6) / us,
        );
      }),
    );
  });
});

describe('cutting a track', () => {
  const track = (more = {}) => ({
    trackId: 1,
    kind: 'audio' as const,
    timescale: 44_100,
    skippedTicks: 1024,
    isPlain: true,
    display: null,
    codec: null,
    segment: new Uint8Array(),
    ...more,
  });
  const fragments = (...ends: number[]): Fragment[] =>
    ends.map((endTicks, at) => ({
      trackId: 1,
      offset: 0,
      sizeBytes: 1,
      startTicks: ends[at - 1] ?? 0,
      endTicks,
    }));

  it('adds up to the measured length, whatever the rounding of each segment', () => {
    const lengths = fc.array(fc.integer({ min: 50_000, max: 200_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(lengths, (all) => {
        let end = 0;
        const cut = fragments(...all.map((ticks) => (end += ticks)));
        const durationMs = Math.round(((end - 1024) * 1000) / 44_100);
        const cuts = cutsOf(track(), cut, { durationMs, toleranceMs: 50, isExact: true });
        expect(cuts.ok && cuts.segments.reduce((sum, one) => sum + one.durationUs, 0)).toBe(
          durationMs * 1000,
        );
      }),
    );
  });

  it('refuses what players would show otherwise than it says', () => {
    const expected = { durationMs: 977, toleranceMs: 2, isExact: true };
    const why = (more: object, cut = fragments(44_100)) => {
      const cuts = cutsOf(track(more), cut, expected);
      return cuts.ok ? null : cuts.problem;
    };
    expect(why({})).toBeNull();
    expect(why({ isPlain: false })).toBe('the sound has an edit list or is turned');
    expect(why({}, [])).toBe('the sound has no samples');
    expect(why({}, [{ ...fragments(44_100)[0]!, startTicks: 1200 }])).toBe('the sound starts at 3.991 ms');
    expect(why({ skippedTicks: 0 })).toBe('the sound lasts 1000 ms and was measured with 977 ms');
    expect(why({}, fragments(20_000, 20_000, 44_100))).toBe('segment 2 of the sound lasts 0 ms');
  });
});

describe('key pictures', () => {
  /** "K" a key picture, "D" one that is left out; times in frames of 25 a second. */
  const problem = (...pictures: Array<[number, string?]>) =>
    keyPictureProblem(
      pictures.map(([pts, flags = '']) => ({
        pts,
        isKey: flags.includes('K'),
        isDiscarded: flags.includes('D'),
      })),
      0.04,
    );

  it('suit when groups are closed, begin with one and are short', () => {
    expect(problem([0, 'K'], [3], [1], [2], [4, 'K'], [6], [5])).toBeNull();
    expect(problem([0, 'K'], [100, 'K'], [200, 'K'])).toBeNull();
  });

  it('do not suit otherwise', () => {
    expect(problem()).toBe('its pictures are not listed');
    expect(problem([0], [1, 'K'])).toBe('it does not begin with a key picture');
    expect(problem([0, 'K'], [2], [4, 'K'], [3])).toBe('its groups of pictures are open');
    expect(problem([0, 'K'], [5], [4, 'K'])).toBe('groups of pictures overlap');
    expect(problem([0, 'KD'], [1])).toBe('its edit list leaves pictures out');
    expect(problem([0, 'K'], [Number.NaN])).toBe('pictures have no time');
    expect(problem([0, 'K'], [101, 'K'])).toBe('key pictures are 4040 ms apart');
    expect(problem([0, 'K'], [101])).toBe('key pictures are 4040 ms apart');
  });
});
