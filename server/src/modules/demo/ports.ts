import type { CallOptions } from '@cuepoint/contract';
import type { Clock } from '../../kernel/clock.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { Queue } from '../../platform/queue/index.ts';

/** Calls operations as the product itself, for one account. */
export interface OperationCaller {
  call(operationId: string, input: unknown, options?: CallOptions): Promise<{ output: unknown }>;
}

export interface DemoPorts {
  unitOfWork: UnitOfWork;
  clock: Clock;
  queue: Queue;
  callerFor(accountId: string): OperationCaller;
  /** Removes demo creatives of the current account with what only they use; answers how many. */
  removeDemoCreatives(tx: Tx): Promise<number>;
  defaultPlacementId(tx: Tx, accountId: string): Promise<string | null>;
  /** Told when demo data appeared or changed outside an operation. */
  changed(accountId: string): void;
}
