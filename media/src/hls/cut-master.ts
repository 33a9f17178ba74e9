import { MediaError } from '../errors.ts';
import type { VideoMeasurement } from '../measurement.ts';
import type { ProbeRun } from '../probe.ts';
import { readFragments } from './fragments.ts';
import type { InitTrack } from './init-segment.ts';
import { ENCODED_AAC, type MasterPlan, planMaster } from './master.ts';
import { segmentMaster } from './segment-master.ts';
import { type CutSegment, cutsOf, type ExpectedLength } from './timeline.ts';

export interface CutTrack {
  track: InitTrack;
  segments: CutSegment[];
}

type Kind = 'video' | 'audio';
/** What is wrong with a result, and with which track; null: with the file as a whole. */
interface Misfit {
  kind: Kind | null;
  why: string;
}

/**
 * Segments the master into one fragmented file at `whole`. Samples are kept where they can be, which is found out by
 * trying: what comes out is held against the measurement, and a track that does not fit is encoded anew.
 * @throws MediaError media.unreadable when even that does not fit; media.tool_failed, media.timed_out, media.cancelled
 */
export async function cutMaster(
  run: ProbeRun,
  measurement: VideoMeasurement,
  whole: string,
  limits: { encodeTimeoutMs: number },
): Promise<{ plan: MasterPlan; tracks: CutTrack[] }> {
  let plan = await planMaster(run, measurement);
  for (;;) {
    const isEncoding = plan.video.mode === 'encode' || plan.audio?.mode === 'encode';
    const timeoutMs = isEncoding ? limits.encodeTimeoutMs : run.timeoutMs;
    const result = await attempt({ ...run, timeoutMs }, plan, measurement, whole);
    if ('tracks' in result) return { plan, tracks: result.tracks };
    const next = encodeInstead(plan, result);
    if (next === null) {
      throw new MediaError({
        code: 'media.unreadable',
        message: `${run.name} cannot be cut into segments: ${result.why}; export it again as MP4 (H.264, AAC) with a key picture every 2 s.`,
        subject: run.name,
      });
    }
    plan = next;
  }
}

async function attempt(
  run: ProbeRun,
  plan: MasterPlan,
  measurement: VideoMeasurement,
  whole: string,
): Promise<{ tracks: CutTrack[] } | Misfit> {
  try {
    await segmentMaster(run, plan, measurement, whole);
  } catch (error) {
    // Samples that a container refuses can often still be decoded; with nothing left to encode it is the answer.
    if (MediaError.is(error) && error.code === 'media.tool_failed' && isKeeping(plan)) {
      return { kind: null, why: 'its samples cannot be kept as they are' };
    }
    throw error;
  }
  const read = await readFragments(whole).catch((error: Error) => error);
  if (read instanceof Error) return { kind: null, why: read.message };
  const tracks: CutTrack[] = [];
  for (const track of read.tracks) {
    const own = read.fragments.filter((one) => one.trackId === track.trackId);
    const cuts = cutsOf(track, own, expectedLength(track.kind, plan, measurement));
    if (!cuts.ok) return { kind: track.kind, why: cuts.problem };
    tracks.push({ track, segments: cuts.segments });
  }
  const kinds = tracks.map(({ track }) => track.kind).join();
  const wanted = plan.audio ? 'video,audio' : 'video';
  return kinds === wanted ? { tracks } : { kind: null, why: `it gives "${kinds}" instead of "${wanted}"` };
}

function isKeeping(plan: MasterPlan): boolean {
  return plan.video.mode === 'copy' || plan.audio?.mode === 'copy';
}

/** The plan with the misfit encoded anew; null when it was already. */
function encodeInstead(plan: MasterPlan, { kind, why }: Misfit): MasterPlan | null {
  const video = kind === 'audio' ? plan.video : { ...plan.video, mode: 'encode' as const };
  const audio =
    kind === 'video' || plan.audio === null
      ? plan.audio
      : { ...plan.audio, mode: 'encode' as const, codec: ENCODED_AAC, channels: 2 };
  if (video.mode === plan.video.mode && audio?.mode === plan.audio?.mode) return null;
  return { video, audio, reasons: [...plan.reasons, why] };
}

/**
 * How long a track has to be: as measured. Sound ends with whole frames of the codec, so its samples may reach beyond
 * by the padding of the last ones. Pictures that are encoded anew come at a constant rate, which moves the end by less
 * than one of them.
 */
function expectedLength(kind: Kind, plan: MasterPlan, { video, audio }: VideoMeasurement): ExpectedLength {
  const { mode, startMs } = kind === 'video' ? plan.video : plan.audio!;
  const measuredMs = (kind === 'video' ? video?.durationMs : audio?.durationMs) ?? 0;
  const durationMs = mode === 'copy' ? measuredMs : Math.round(Math.max(0, startMs) + measuredMs);
  if (kind === 'audio') {
    const frameMs = 1024_000 / Math.min(audio?.sampleRateHz || 44_100, 44_100);
    return { durationMs, toleranceMs: 2 * frameMs, isExact: true };
  }
  if (mode === 'copy') return { durationMs, toleranceMs: 1.5, isExact: true };
  return { durationMs, toleranceMs: Math.max(1000 / (video?.fps || 25), 40) + 1, isExact: false };
}
