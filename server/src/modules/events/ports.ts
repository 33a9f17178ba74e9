import type { LogPage, LogPosition } from '../../kernel/delivery-protocol.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';

/** The log of one delivery node. */
export interface LogSource {
  /** Name of the node, under which its offset is kept. */
  nodeId(): Promise<string>;
  /**
   * Records from a position on, in order; waits up to `waitSeconds` for the first.
   * @throws LogSourceError
   */
  read(
    from: LogPosition,
    options: { limit: number; waitSeconds: number; signal?: AbortSignal },
  ): Promise<LogPage>;
}

/** The node could not be read. `unavailable` passes by itself; the others need a person. */
export class LogSourceError extends Error {
  readonly kind: 'unavailable' | 'unauthorised' | 'position_lost' | 'protocol';

  constructor(kind: LogSourceError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogSourceError';
    this.kind = kind;
  }
}

/** Role ingester, short transactions. */
export type IngestDatabase = UnitOfWork;
