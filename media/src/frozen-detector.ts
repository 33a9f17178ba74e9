/** Size of the gray pictures that {@link FrozenDetector} is fed with. */
export const GRAY_WIDTH = 160;
export const GRAY_HEIGHT = 90;
const FRAME_BYTES = GRAY_WIDTH * GRAY_HEIGHT;

/** A run of frames [firstFrame, endFrame) that look the same. */
export interface FrozenRun {
  firstFrame: number;
  endFrame: number;
}

export interface FrozenOptions {
  /** Mean absolute difference, as a share of full scale, up to which two pictures are the same. Default 0.001 (-60 dB). */
  noise?: number;
  /** Runs of fewer frames are not reported. */
  minFrames?: number;
}

/**
 * Finds runs of the same picture in small gray frames. The first frame of a
 * run is the reference, so slow drift is motion and not a freeze. Done here
 * because not every ffmpeg build has a filter for it, and the verdict must not
 * depend on the build.
 */
export class FrozenDetector {
  private readonly pending = new Uint8Array(FRAME_BYTES);
  private readonly reference = new Uint8Array(FRAME_BYTES);
  private readonly limit: number;
  private readonly minFrames: number;
  private filled = 0;
  private runStart = 0;
  private readonly runs: FrozenRun[] = [];
  /** Whole frames seen so far. */
  frames = 0;

  constructor(options: FrozenOptions = {}) {
    this.limit = (options.noise ?? 0.001) * 255 * FRAME_BYTES;
    this.minFrames = options.minFrames ?? 2;
  }

  /** Takes the next bytes of the raw stream, however they were cut. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const take = Math.min(FRAME_BYTES - this.filled, chunk.length - at);
      this.pending.set(chunk.subarray(at, at + take), this.filled);
      this.filled += take;
      at += take;
      if (this.filled === FRAME_BYTES) this.takeFrame();
    }
  }

  /** Ends the stream and returns the runs, in order. */
  finish(): FrozenRun[] {
    this.closeRun();
    return this.runs;
  }

  private takeFrame(): void {
    this.filled = 0;
    if (this.frames > 0 && !this.sameAsReference()) {
      this.closeRun();
      this.runStart = this.frames;
      this.reference.set(this.pending);
    } else if (this.frames === 0) {
      this.reference.set(this.pending);
    }
    this.frames += 1;
  }

  private sameAsReference(): boolean {
    let sum = 0;
    for (let i = 0; i < FRAME_BYTES; i++) {
      sum += Math.abs((this.pending[i] as number) - (this.reference[i] as number));
      if (sum > this.limit) return false;
    }
    return true;
  }

  private closeRun(): void {
    if (this.frames - this.runStart >= this.minFrames && this.frames > 0) {
      this.runs.push({ firstFrame: this.runStart, endFrame: this.frames });
    }
  }
}
