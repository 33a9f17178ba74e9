import type { VirtualClock } from './clock.ts';
import type { Answer, Asked } from './http.ts';
import type { Journal, JournalRecord } from './journal.ts';

/** What every stand-in is made of. */
export interface PlatformContext {
  clock: VirtualClock;
  journal: Journal;
  /** For files; removed at close when the state is in memory only. */
  dataDir: string;
  log: (line: string) => void;
}

export interface Platform {
  /** First path segment, e.g. `luma`. */
  readonly name: string;
  handle(asked: Asked): Promise<Answer>;
  /** The platform's own error form for injected 429, 503 and 500. */
  errorAnswer(status: number, message: string): Answer;
  restore(records: readonly JournalRecord[]): void;
  /** Everything it holds, for tests and the doctor. */
  state(): unknown;
  reset(): void;
  close(): Promise<void>;
}
