import { easeInOut } from '../render/easing.ts';

export const TRANSITIONS = ['cut', 'dissolve', 'wipe', 'push'] as const;
export type Transition = (typeof TRANSITIONS)[number];

export interface FrameSize {
  widthPx: number;
  heightPx: number;
}

/**
 * Mixes two yuv420p frames into `out`: `amount` 0 shows `from`, 1 shows `to`.
 * Done on the bytes, as old ffmpeg builds have no cross-fade.
 */
export function mixFrames(
  kind: Transition,
  from: Uint8Array,
  to: Uint8Array,
  out: Uint8Array,
  size: FrameSize,
  amount: number,
): void {
  const eased = easeInOut(Math.min(1, Math.max(0, amount)));
  if (kind === 'cut' || eased >= 1) out.set(to);
  else if (eased <= 0) out.set(from);
  else if (kind === 'dissolve') dissolve(from, to, out, eased);
  else for (const plane of planes(size)) slide(kind, from, to, out, plane, eased);
}

function dissolve(from: Uint8Array, to: Uint8Array, out: Uint8Array, amount: number): void {
  const b = Math.round(amount * 256);
  const a = 256 - b;
  for (let i = 0; i < out.length; i++) {
    out[i] = ((from[i] as number) * a + (to[i] as number) * b + 128) >> 8;
  }
}

interface Plane {
  offset: number;
  width: number;
  height: number;
}

function planes({ widthPx, heightPx }: FrameSize): Plane[] {
  const luma = widthPx * heightPx;
  const half = { width: widthPx / 2, height: heightPx / 2 };
  return [
    { offset: 0, width: widthPx, height: heightPx },
    { offset: luma, ...half },
    { offset: luma + luma / 4, ...half },
  ];
}

/** The new picture comes from the right: over the old one (wipe), or shoving it out (push). */
function slide(
  kind: 'wipe' | 'push',
  from: Uint8Array,
  to: Uint8Array,
  out: Uint8Array,
  plane: Plane,
  amount: number,
): void {
  const shown = Math.round(plane.width * amount);
  const kept = plane.width - shown;
  for (let y = 0; y < plane.height; y++) {
    const row = plane.offset + y * plane.width;
    const old = kind === 'push' ? row + shown : row;
    out.set(from.subarray(old, old + kept), row);
    const fresh = kind === 'push' ? row : row + kept;
    out.set(to.subarray(fresh, fresh + shown), row + kept);
  }
}
