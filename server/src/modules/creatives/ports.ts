import type { MediaTools } from '@cuepoint/media';
import type { Clock } from '../../kernel/clock.ts';
import type { EventBus } from '../../kernel/event-bus.ts';
import type { Ids } from '../../kernel/ids.ts';
import type { AuditEntry } from '../../kernel/pipeline.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { FileLinks, ObjectStore } from '../../platform/object-store/index.ts';
import type { Queue } from '../../platform/queue/index.ts';

/** What this module needs of others; compose.ts joins them. */
export interface CreativesPorts {
  unitOfWork: UnitOfWork;
  queue: Pick<Queue, 'createQueue' | 'send' | 'work' | 'schedule'>;
  events: Pick<EventBus, 'publish'>;
  clock: Clock;
  ids: Ids;
  files: ObjectStore;
  links: FileLinks;
  /** Rejects with MediaError media.tool_missing when there is no ffmpeg. */
  tools(): Promise<MediaTools>;
  /** A directory for files that live as long as one job. */
  workDir: string;
  maxUploadBytes: number;
  maxVideoMs: number;
  /** Address of the delivery plane for players, without a slash at the end. */
  publicUrl: string;
  /** Where players get media when it is not `<publicUrl>/media`; no slash at the end. */
  mediaBaseUrl?: string | undefined;
  /** Key of the placement that a tag asks for; null when the account has none. The inventory module knows. */
  defaultPlacementKey(tx: Tx): Promise<string | null>;
  /** Whether the creative was ever served or sent anywhere: then it stays explainable. */
  hasHistory(tx: Tx, creativeId: string): Promise<boolean>;
  /** For what jobs change; operations record through their context. */
  recordAudit(tx: Tx, entries: AuditEntry[]): Promise<void>;
  /** Something failed that costs nobody's work: a file that could not be swept. */
  onFault(error: unknown, what: string): void;
}
