import type { MediaTools } from '@cuepoint/media';
import type { Clock } from '../../kernel/clock.ts';
import type { EventBus } from '../../kernel/event-bus.ts';
import type { Ids } from '../../kernel/ids.ts';
import type { HandlerContext } from '../../kernel/implement.ts';
import type { Tx, UnitOfWork } from '../../kernel/unit-of-work.ts';
import type { Queue } from '../../platform/queue/index.ts';
import type { VideoGenerator } from './ports.ts';

/** A finished file that becomes a creative. */
export interface GeneratedFile {
  accountId: string;
  campaignId: string;
  name: string;
  clickThroughUrl: string;
  simulated: boolean;
  demo: boolean;
  path: string;
}

export interface CreativeState {
  status: 'processing' | 'active' | 'inactive' | 'failed';
  failure: string | null;
}

export interface StudioPorts {
  unitOfWork: UnitOfWork;
  queue: Queue;
  events: EventBus;
  clock: Clock;
  ids: Ids;
  generator: VideoGenerator;
  /** True when the generator is a stand-in, known before it answers. */
  generatorSimulated: boolean;
  tools: () => Promise<MediaTools>;
  /** Where clips of running jobs are kept; a job that was cut off finds them again. */
  workDir: string;
  /** Stores the file and starts its measurement; the creatives module does both. */
  addGeneratedCreative(file: GeneratedFile): Promise<string>;
  creativeState(tx: Tx, creativeId: string): Promise<CreativeState | null>;
  /** The handlers of other modules, run inside the caller's transaction and audit. */
  createBrand(
    input: Record<string, unknown>,
    context: HandlerContext,
  ): Promise<{ id: string; name: string; code: string }>;
  createCampaign(
    input: Record<string, unknown>,
    context: HandlerContext,
  ): Promise<{ id: string; name: string }>;
  onFault(error: unknown, what: string): void;
}
