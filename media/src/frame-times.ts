import type { PacketTrack } from './probe.ts';

export interface FrameTimes {
  /** Presentation time of each frame in display order, in seconds. */
  seconds: number[];
  /** Every frame lies on an even grid, within what the time base can express. Null below three frames. */
  constant: boolean | null;
}

/**
 * The times frames are shown at, from packet timestamps: what the file really
 * says, whereas the "frame rate" field of a container is only a hint.
 *
 * @param secondsPerTick the stream's time base
 */
export function frameTimes(track: PacketTrack, secondsPerTick: number): FrameTimes {
  const ticks = track.pts.filter(Number.isFinite).sort((a, b) => a - b);
  const seconds = ticks.map((tick) => tick * secondsPerTick);
  const first = seconds[0];
  const last = seconds.at(-1);
  if (first === undefined || last === undefined || seconds.length < 3) return { seconds, constant: null };
  const step = (last - first) / (seconds.length - 1);
  // Matroska and others round to whole milliseconds; a lost frame moves the grid by half a step or more.
  const tolerance = Math.min(Math.max(secondsPerTick, 0.001) * 1.01, step / 4);
  const constant = seconds.every((at, i) => Math.abs(at - (first + i * step)) <= tolerance);
  return { seconds, constant };
}
