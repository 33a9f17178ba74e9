import { MediaError } from '../errors.ts';

export interface ClipLength {
  name: string;
  frames: number;
}

/** A shortage up to this is covered by holding the last picture. */
export const LONGEST_HOLD_MS = 500;

/**
 * How many frames of each clip are shown so that they add up to `total`. Long
 * clips give way first, so all get about the same time.
 *
 * @throws MediaError media.clips_too_short when the clips cannot fill the spot
 */
export function planCuts(clips: readonly ClipLength[], total: number, framesPerSecond: number): number[] {
  const available = clips.reduce((sum, clip) => sum + clip.frames, 0);
  const hold = Math.floor((LONGEST_HOLD_MS / 1000) * framesPerSecond);
  if (available + hold < total) {
    const has = ((available / framesPerSecond) * 1000).toFixed(0);
    const needs = ((total / framesPerSecond) * 1000).toFixed(0);
    throw new MediaError({
      code: 'media.clips_too_short',
      message: `The clips (${clips.map((c) => c.name).join(', ')}) last ${has} ms together; ${needs} ms are needed, so give more or longer clips.`,
    });
  }
  const cuts: number[] = new Array<number>(clips.length).fill(0);
  let left = total;
  // Shortest first: what one cannot use, the longer ones share.
  const order = clips
    .map((clip, i) => ({ i, frames: clip.frames }))
    .sort((a, b) => a.frames - b.frames || a.i - b.i);
  for (const [n, { i, frames }] of order.entries()) {
    const share = Math.floor(left / (order.length - n));
    cuts[i] = n === order.length - 1 ? Math.min(left, frames) : Math.min(share, frames);
    left -= cuts[i] as number;
  }
  cuts[cuts.length - 1] = (cuts.at(-1) as number) + left;
  return cuts;
}
