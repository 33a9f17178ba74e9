import { RetryLater } from '../../../platform/queue/index.ts';
import { runDeploy } from '../jobs/deploy.ts';
import { runReview } from '../jobs/review.ts';
import type { Run } from '../jobs/unit.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { createFakePlatform, type FakePlatform } from './fake-platform.ts';
import { createWorld, type World } from './world.ts';

interface AuditItem {
  actor: { kind: string };
  operation: string;
  fields: Array<Record<string, unknown>>;
}

/** The jobs on a platform in memory, run by hand: what they send to the queue is only written down. */
export interface JobBench {
  world: World;
  platform: FakePlatform;
  sent: Array<{ name: string; deploymentId: unknown; inTransaction: boolean }>;
  /** A fresh campaign and an empty platform; before each test. */
  reset(): Promise<void>;
  campaignId(): string;
  traffic(over?: Parameters<World['creative']>[1]): Promise<{ creativeId: string; id: string }>;
  deploy(deploymentId: string, ports?: Partial<TraffickingPorts>): Promise<void>;
  review(deploymentId: string): Promise<void>;
  /** Objects at the platform that exist more than once. */
  duplicates(): number;
  /** Oldest first. */
  auditOf(entityId: string): Promise<AuditItem[]>;
}

export async function createJobBench(): Promise<JobBench> {
  const platform = createFakePlatform();
  const sent: JobBench['sent'] = [];
  let campaignId = '';
  const world = await createWorld(({ clock }) => ({
    // Time passes between two writes, so that what they leave has an order.
    clock: {
      now: () => {
        clock.advance(1);
        return clock.now();
      },
    },
    platforms: [{ dsp: 'amazon', adapter: platform, simulated: false }],
    queue: {
      async send(name, data, options) {
        sent.push({ name, deploymentId: data.deploymentId, inTransaction: options?.tx !== undefined });
        return 'job';
      },
    },
  }));
  const runOf = (deploymentId: string, job: string): Run => ({
    accountId: world.app.accounts[0],
    deploymentId,
    job,
    requestId: 'req_test',
  });
  return {
    world,
    platform,
    sent,
    async reset() {
      platform.clear();
      campaignId = await world.campaign();
      sent.length = 0;
      world.published.length = 0;
    },
    campaignId: () => campaignId,
    async traffic(over = {}) {
      const creativeId = await world.creative(campaignId, over);
      const [result] = await world.traffic(creativeId);
      return { creativeId, id: result!.deployment!.id };
    },
    deploy: (id, ports = {}) => runDeploy({ ...world.ports, ...ports }, runOf(id, 'trafficking.deploy')),
    review: (id) => runReview(world.ports, runOf(id, 'trafficking.review')),
    duplicates: () => [...platform.made.values()].filter((ids) => ids.length > 1).length,
    async auditOf(entityId) {
      const answer = await world.app.call('accounts.listAudit', { entityId, limit: 100 });
      return (answer as { items: AuditItem[] }).items.reverse();
    },
  };
}

/** The pause a job asked for, ms. */
export async function pauseOf(work: Promise<void>): Promise<number> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RetryLater)) throw new Error(`no pause was asked for but ${String(error)}`);
  return error.delayMs;
}

/** Attempts as `kind step outcome`. */
export const log = (attempts: ReadonlyArray<Record<'kind' | 'step' | 'outcome', unknown>>): string[] =>
  attempts.map(({ kind, step, outcome }) => `${String(kind)} ${String(step)} ${String(outcome)}`);
