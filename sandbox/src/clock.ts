/**
 * Time as the stand-ins live it: generation, review and expiry run on it, so that a test or a demo can make hours pass. Dates in answers and date checks stay on the real clock, since they are compared with a caller's.
 */
export interface VirtualClock {
  /** Virtual milliseconds since the sandbox started. */
  nowMs(): number;
  /** Real time, for stamps. */
  wall(): Date;
  speed(): number;
  setSpeed(speed: number): void;
  advance(ms: number): void;
  /**
   * Virtual milliseconds that last `realMs` at the present speed: tokens and links live as long as they say, however fast
   * reviews pass, and still expire when a test moves the clock.
   */
  lasting(realMs: number): number;
}

export function createVirtualClock(speed: number, startAtMs = 0): VirtualClock {
  let rate = speed;
  let baseVirtual = startAtMs;
  let baseReal = performance.now();
  const nowMs = () => baseVirtual + (performance.now() - baseReal) * rate;
  const rebase = (virtual: number) => {
    baseVirtual = virtual;
    baseReal = performance.now();
  };
  return {
    nowMs,
    wall: () => new Date(),
    speed: () => rate,
    setSpeed(next) {
      rebase(nowMs());
      rate = next;
    },
    advance: (ms) => rebase(nowMs() + ms),
    lasting: (realMs) => realMs * Math.max(1, rate),
  };
}
