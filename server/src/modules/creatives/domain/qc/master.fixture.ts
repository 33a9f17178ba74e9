import type { AudioStreamMeasurement, VideoMeasurement, VideoStreamMeasurement } from '@cuepoint/media';
import { CUEPOINT_SERVING } from './serving-pack.ts';
import type { SpecPack, SpecRule } from './spec-pack.ts';

interface Change extends Partial<Omit<VideoMeasurement, 'video' | 'audio'>> {
  video?: Partial<VideoStreamMeasurement> | null;
  audio?: Partial<AudioStreamMeasurement> | null;
}

/**
 * The measurement of the master that suits nearly every streaming TV destination: 1080p
 * H.264 High at 20 Mbps, 23.976 fps, AAC stereo at -24 LKFS, exactly 30 s; with changes.
 */
export function masterMeasurement({ video, audio, ...rest }: Change = {}): VideoMeasurement {
  return {
    container: 'mp4',
    sizeBytes: 76_000_000,
    durationMs: 30_000,
    totalBitrateBps: 20_266_000,
    moovFirst: true,
    video:
      video === null
        ? null
        : {
            codec: 'h264',
            profile: 'High',
            level: 41,
            width: 1920,
            height: 1080,
            sampleAspect: '1:1',
            pixelFormat: 'yuv420p',
            colorPrimaries: 'bt709',
            fps: 23.976,
            fpsConstant: true,
            interlaced: false,
            bitrateBps: 20_000_000,
            durationMs: 30_000,
            frameCount: 719,
            ...video,
          },
    audio:
      audio === null
        ? null
        : {
            codec: 'aac',
            sampleRateHz: 48_000,
            channels: 2,
            bitrateBps: 256_000,
            durationMs: 30_000,
            integratedLufs: -24,
            truePeakDbtp: -2.5,
            ...audio,
          },
    audioTrackCount: audio === null ? 0 : 1,
    stretches: [],
    tools: ['ffmpeg 5.1.9'],
    measuredInMs: 900,
    ...rest,
  };
}

export type RuleDraft = Pick<SpecRule, 'check'> & Partial<SpecRule>;

/** A pack of blocking rules read on a page; ids are the names of their checks. */
export function packOf(...rules: RuleDraft[]): SpecPack {
  return {
    ...CUEPOINT_SERVING,
    id: 'test',
    rules: rules.map((draft) => ({
      id: draft.check,
      severity: 'block',
      source: 'a page',
      confidence: 'D',
      ...draft,
    })),
  };
}
