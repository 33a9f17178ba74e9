/**
 * The length a break is planned with. At 23.976 and 29.97 frames a second no
 * file lasts a whole number of seconds: one that is within half a frame of it
 * counts as that length, else a 15-second break could never take a 15-second spot.
 * @param durationMs as measured
 */
export function slotDurationMs(durationMs: number, fps: number): number {
  const whole = Math.round(durationMs / 1000) * 1000;
  const halfFrameMs = fps > 0 ? 500 / fps : 0;
  // Measured values are whole milliseconds, so half of one is allowed on top.
  return whole > 0 && Math.abs(durationMs - whole) <= halfFrameMs + 0.5 ? whole : durationMs;
}
