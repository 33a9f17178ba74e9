/**
 * Non-drop-frame time code HH:MM:SS:FF of a moment in a video, as editors read it.
 * @param ms milliseconds from the first frame
 * @param fps frames a second as measured, e.g. 23.976; counted on its nominal rate
 */
export function timeCode(ms: number, fps: number): string {
  const nominal = nominalRate(fps);
  const frame = frameAt(ms, fps);
  const seconds = Math.floor(frame / nominal);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % nominal];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Index of the frame on screen at a moment, from 0. */
export function frameAt(ms: number, fps: number): number {
  // Half a millisecond of grace: players report 1.0009999 for a frame that starts at 1.001 s.
  return Math.max(0, Math.floor(((ms + 0.5) / 1000) * exactRate(fps)));
}

/** First moment, in milliseconds, at which a frame is on screen. */
export function frameStart(frame: number, fps: number): number {
  return (frame / exactRate(fps)) * 1000;
}

/** Frames in a video of this length. */
export function frameCount(durationMs: number, fps: number): number {
  return Math.max(1, Math.round((durationMs / 1000) * exactRate(fps)));
}

function nominalRate(fps: number): number {
  return Math.max(1, Math.round(fps));
}

/** Probes report 23.976 and 29.97 for what is 24000/1001 and 30000/1001. */
function exactRate(fps: number): number {
  const nominal = nominalRate(fps);
  const dropped = (nominal * 1000) / 1001;
  return Math.abs(fps - dropped) < 0.005 ? dropped : fps;
}
