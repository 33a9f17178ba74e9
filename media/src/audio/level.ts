import { type Loudness, parseLoudness } from '../decode-pass.ts';
import { MediaError } from '../errors.ts';
import { pipeProcess, requireSuccess } from '../run-process.ts';
import type { MediaTools } from '../tools.ts';
import type { Pcm } from './bed.ts';

export interface LoudnessTarget {
  /** Integrated, LUFS. ATSC A/85 wants -24 for the whole spot. */
  targetLufs: number;
  /** Highest true peak, dBTP. */
  truePeakDbtp: number;
}

export interface LevelRun {
  tools: MediaTools;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Lossy coding moves peaks; this much is kept below the limit. */
const CODING_HEADROOM_DB = 1.2;

/** Interleaved 32-bit float samples, little endian. */
export function interleave(pcm: Pcm): Buffer {
  const samples = new Float32Array(pcm.left.length * 2);
  for (let i = 0; i < pcm.left.length; i++) {
    samples[2 * i] = pcm.left[i] as number;
    samples[2 * i + 1] = pcm.right[i] as number;
  }
  return Buffer.from(samples.buffer);
}

/** Measures sound in memory, BS.1770-4. */
export async function measurePcm(pcm: Pcm, run: LevelRun): Promise<Loudness> {
  const args = [
    '-hide_banner',
    '-nostats',
    '-f',
    'f32le',
    '-ar',
    String(pcm.sampleRate),
    '-ac',
    '2',
    '-i',
    'pipe:0',
  ];
  args.push('-filter_complex', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-');
  const ffmpeg = pipeProcess(run.tools.ffmpeg.path, args, { timeoutMs: run.timeoutMs, signal: run.signal });
  try {
    await ffmpeg.write(interleave(pcm));
    return parseLoudness(requireSuccess('ffmpeg', await ffmpeg.finish()).stderr);
  } finally {
    ffmpeg.kill();
  }
}

/**
 * Brings sound to a loudness: measure, then one gain for the whole (so nothing
 * pumps) and a limiter only where a peak would go over; measured again, and
 * corrected for what the limiter took.
 *
 * @throws MediaError media.loudness_missed when the sound is silent
 */
export async function levelTo(pcm: Pcm, target: LoudnessTarget, run: LevelRun): Promise<Pcm> {
  let current = pcm;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const measured = await measurePcm(current, run);
    if (measured.integratedLufs === null) {
      throw new MediaError({
        code: 'media.loudness_missed',
        message: `The sound has no measurable loudness, so it cannot be brought to ${target.targetLufs} LUFS; give at least 0.4 s of sound.`,
      });
    }
    const gain = 10 ** ((target.targetLufs - measured.integratedLufs) / 20);
    if (pass > 0 && Math.abs(gain - 1) < 0.005) break;
    current = limit(amplify(current, gain), 10 ** ((target.truePeakDbtp - CODING_HEADROOM_DB) / 20));
  }
  return current;
}

function amplify(pcm: Pcm, gain: number): Pcm {
  return { ...pcm, left: pcm.left.map((v) => v * gain), right: pcm.right.map((v) => v * gain) };
}

/** Two do unless the limiter takes much. */
const MOST_PASSES = 5;

const BLOCK = 64;
const REACH = 24;

/** Lowers the level around peaks above `ceiling`, smoothly and for both sides alike; other sound is untouched. */
export function limit(pcm: Pcm, ceiling: number): Pcm {
  const blocks = Math.ceil(pcm.left.length / BLOCK);
  const need = new Float32Array(blocks).fill(1);
  let over = false;
  for (let i = 0; i < pcm.left.length; i++) {
    const peak = Math.max(Math.abs(pcm.left[i] as number), Math.abs(pcm.right[i] as number));
    if (peak <= ceiling) continue;
    over = true;
    const block = Math.floor(i / BLOCK);
    need[block] = Math.min(need[block] as number, ceiling / peak);
  }
  if (!over) return pcm;
  const held = windowed(need, REACH, (values) => Math.min(...values));
  // The mean over the same reach never exceeds what any block inside it needs.
  const smooth = windowed(held, REACH - 1, (values) => values.reduce((a, b) => a + b, 0) / values.length);
  const apply = (side: Float32Array): Float32Array =>
    side.map((value, i) => {
      const at = i / BLOCK - 0.5;
      const block = Math.max(0, Math.min(blocks - 1, Math.floor(at)));
      const next = Math.min(blocks - 1, block + 1);
      const part = Math.min(1, Math.max(0, at - block));
      return value * ((smooth[block] as number) * (1 - part) + (smooth[next] as number) * part);
    });
  return { ...pcm, left: apply(pcm.left), right: apply(pcm.right) };
}

function windowed(
  values: Float32Array,
  reach: number,
  merge: (values: Float32Array) => number,
): Float32Array {
  return values.map((_, i) =>
    merge(values.subarray(Math.max(0, i - reach), Math.min(values.length, i + reach + 1))),
  );
}
