import type { Logger } from 'pino';
import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { Erasures } from '../erasures.ts';
import type { DeliveryMetrics } from '../metrics.ts';
import type { DurableLog } from './durable-log.ts';
import { type PruneRule, pruneLog } from './prune-log.ts';

export interface LogCareOptions {
  readonly log: DurableLog;
  readonly erasures: Erasures;
  readonly rule: PruneRule;
  /** What was written longer ago goes whatever the size, ms; nothing does when absent. */
  readonly maxAgeMs: number | undefined;
  readonly nowMs: () => number;
  /** Everything before it is counted. */
  readonly ingested: () => LogPosition;
  readonly freeBytes: () => Promise<number>;
  readonly metrics: DeliveryMetrics;
  readonly logger: Logger;
}

/** A segment is sealed after a day, however little it holds, and looked at every ten minutes. */
const SEGMENT_AGE_MS = 24 * 60 * 60 * 1000;
const AGE_CHECK_MS = 10 * 60 * 1000;
/** A record may wait this long for the disk, and so lie in a segment that was begun after it. */
const WRITE_DELAY_MS = 60_000;

/** Forgets what the log need not hold any more: by size with every snapshot, by age with the clock. */
export class LogCare {
  readonly #options: LogCareOptions;
  #verified: LogPosition | undefined;
  #oldestBegunAtMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: LogCareOptions) {
    this.#options = options;
  }

  static async begin(options: LogCareOptions): Promise<LogCare> {
    const care = new LogCare(options);
    await care.#look();
    return care;
  }

  /** When the oldest segment was begun, ms since 1970; null when that is not known. */
  get oldestBegunAtMs(): number | null {
    return this.#oldestBegunAtMs;
  }

  /** Prunes what may go. @param verified what a verified backup holds of this log; undefined when there is none */
  prune(verified: LogPosition | undefined): Promise<void> {
    this.#verified = verified;
    return this.#prune();
  }

  async #prune(): Promise<void> {
    const { log, rule, maxAgeMs, nowMs, ingested, freeBytes, metrics, logger } = this.#options;
    const { removed, unbacked } = await pruneLog(
      log,
      { ingested: ingested(), verified: this.#verified },
      maxAgeMs === undefined ? rule : { ...rule, beforeMs: nowMs() - maxAgeMs },
      freeBytes,
    );
    if (removed.length > 0) logger.info({ removed }, 'log segments pruned');
    if (unbacked.length > 0) {
      metrics.unbackedSegments += unbacked.length;
      logger.error(
        { unbacked, minFreeBytes: rule.minFreeBytes },
        'the disk is nearly full: counted segments that no verified backup holds were pruned',
      );
    }
  }

  /** What is old enough goes even where little happens. @param isReady whether it is known what is counted */
  watch(isReady: () => boolean): void {
    const { logger } = this.#options;
    this.#timer = setInterval(() => {
      this.#age(isReady()).catch((error: unknown) =>
        logger.error({ err: error }, 'old log segments could not be pruned'),
      );
    }, AGE_CHECK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #age(isReady: boolean): Promise<void> {
    const { log, erasures, nowMs } = this.#options;
    await log.sealBegunBefore(nowMs() - SEGMENT_AGE_MS);
    if (!isReady) return;
    await this.#prune();
    await this.#look();
    if (this.#oldestBegunAtMs !== null) await erasures.forgetBefore(this.#oldestBegunAtMs - WRITE_DELAY_MS);
  }

  async #look(): Promise<void> {
    const { log } = this.#options;
    this.#oldestBegunAtMs = await log.begunAt(log.firstSegment);
  }
}
