import type { Clock } from '../../kernel/clock.ts';
import type { EventBus } from '../../kernel/event-bus.ts';
import type { AuditEntry } from '../../kernel/pipeline.ts';
import type { RetryLimits } from '../../kernel/retry-policy.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { Mailer } from '../../platform/mail/index.ts';
import type { NamedStore } from '../../platform/object-store/index.ts';
import type { Queue } from '../../platform/queue/index.ts';
import type { ReportingPorts } from './ports.ts';

/** What leaves as a webhook. */
export interface WebhookPost {
  url: string;
  body: string;
  secret: string;
  /** The same for every attempt of a run. */
  idempotencyKey: string;
  signal?: AbortSignal | undefined;
}

/** What sending reports on a schedule needs beside what reports need. */
export interface SchedulePorts extends ReportingPorts {
  unitOfWork: UnitOfWork;
  clock: Clock;
  queue: Pick<Queue, 'createQueue' | 'send' | 'work' | 'schedule'>;
  events: Pick<EventBus, 'publish'>;
  recordAudit(tx: Tx, entries: AuditEntry[]): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
  /** Where the files of runs lie. */
  reportFiles: Pick<NamedStore, 'write' | 'readBytes' | 'list' | 'remove'>;
  /** How long they lie there, days. */
  keepFileDays: number;
  /** Null when e-mail is not set up. */
  mailer: Mailer | null;
  /** @throws UpstreamError */
  postWebhook(post: WebhookPost): Promise<void>;
  webhookSecret(scheduleId: string, version: number): string;
  /** Whether an address may be posted to by how it is written; null when it may, else what is accepted. */
  webhookRefusal(url: string): string | null;
  /** Where people reach the console. */
  publicUrl: string;
  retryLimits?: Partial<RetryLimits>;
  /** How long a run waits for the figures of its days, ms. Default two hours. */
  patienceMs?: number;
}
