import { refuse } from './render/look.ts';

/** A frame rate as the fraction that files carry. */
export interface FrameRate {
  numerator: number;
  denominator: number;
  /** For ffmpeg: "24000/1001". */
  text: string;
  value: number;
}

const RATES: readonly (readonly [number, number, number])[] = [
  [23.976, 24000, 1001],
  [24, 24, 1],
  [25, 25, 1],
  [29.97, 30000, 1001],
  [30, 30, 1],
  [50, 50, 1],
  [59.94, 60000, 1001],
  [60, 60, 1],
];

/** The exact rate that a usual short form stands for. @throws MediaError media.invalid_spec */
export function frameRate(fps: number, field = 'fps'): FrameRate {
  const known = RATES.find(([short]) => Math.abs(short - fps) < 0.006);
  if (known) {
    const [, numerator, denominator] = known;
    return { numerator, denominator, text: `${numerator}/${denominator}`, value: numerator / denominator };
  }
  if (Number.isInteger(fps) && fps >= 10 && fps <= 60) {
    return { numerator: fps, denominator: 1, text: `${fps}/1`, value: fps };
  }
  return refuse(field, fps, '23.976, 24, 25, 29.97, 30, 50, 59.94, 60 or a whole number from 10 to 60');
}

/** Frames that come nearest to a duration. */
export function frameCount(durationMs: number, rate: FrameRate): number {
  return Math.max(1, Math.round((durationMs * rate.numerator) / (1000 * rate.denominator)));
}
