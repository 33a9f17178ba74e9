import type { PodProblem } from './problem.ts';
import { Sequence } from './selection.ts';

/** The best pod so far, for the tier being filled. */
export class Incumbent {
  readonly sequence = new Sequence();
  /** What the tier earns; -1 as long as there is no pod. */
  value = -1;
  /** Of all ads of the pod. */
  durationMs = 0;

  readonly #problem: PodProblem;

  constructor(problem: PodProblem) {
    this.#problem = problem;
  }

  clear(): void {
    this.sequence.count = 0;
    this.value = -1;
    this.durationMs = 0;
  }

  /** Takes over what is better: more value, then longer, then the lower order. */
  offer(sequence: Sequence, value: number): boolean {
    if (value < this.value) return false;
    const durationMs = this.lengthOf(sequence);
    if (value === this.value) {
      if (durationMs < this.durationMs) return false;
      if (durationMs === this.durationMs && sequence.compare(this.sequence, this.#problem.order) >= 0) {
        return false;
      }
    }
    this.sequence.copy(sequence);
    this.value = value;
    this.durationMs = durationMs;
    return true;
  }

  lengthOf(sequence: Sequence): number {
    let durationMs = 0;
    for (let at = 0; at < sequence.count; at++) durationMs += this.#problem.duration[sequence.item[at]!]!;
    return durationMs;
  }

  /** What the tier of `stage` earns in the pod as it stands. */
  earns(stage: number): number {
    const { pod, stage: stageOf, mid, first, last, solo } = this.#problem;
    const { item, slot, count } = this.sequence;
    let opens = -1;
    let closes = -1;
    let value = 0;
    for (let at = 0; at < count; at++) {
      if (stageOf[item[at]!] === stage) value += mid[item[at]!]!;
      if (slot[at]! >= 0 && ((pod.bumperSlots >> slot[at]!) & 1) === 1) continue;
      if (opens < 0) opens = item[at]!;
      closes = item[at]!;
    }
    if (opens < 0) return value;
    if (opens === closes) return value + (stageOf[opens] === stage ? solo[opens]! - mid[opens]! : 0);
    if (stageOf[opens] === stage) value += first[opens]! - mid[opens]!;
    if (stageOf[closes] === stage) value += last[closes]! - mid[closes]!;
    return value;
  }
}
