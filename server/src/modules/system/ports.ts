import type { SystemStatus } from '@cuepoint/contract';
import type { HandlerContext } from '../../kernel/implement.ts';

type Status = SystemStatus;

/** What the parts of an installation tell about themselves. */
export interface SystemPorts {
  version: string;
  publicUrl: string;
  database(): Promise<Status['database']>;
  delivery(): Promise<Status['delivery']>;
  ingestion(): Status['ingestion'];
  queues(): Promise<Status['queues']>;
  simulatedPlatforms: Status['simulatedPlatforms'];
  demo: {
    loaded(context: HandlerContext): Promise<Status['demo']>;
    load(seed: number, context: HandlerContext): Promise<{ campaigns: number; creatives: number }>;
    /** Answers what was removed, by kind. */
    remove(context: HandlerContext): Promise<{ removed: Record<string, number> }>;
  };
}
