import type { Ingester, IngesterState } from './ingester.ts';

/** The ingesters of all delivery nodes, one each: they run beside each other, and one that cannot go on holds up none. */
export interface IngesterGroup {
  start(): void;
  /**
   * How counting stands over all nodes: `freshAt` is that of the one that is furthest behind, null while one has never
   * reached its end; `failure` is the longest one.
   */
  state(): Pick<IngesterState, 'freshAt' | 'failure' | 'duplicates'>;
  /** What a node called itself when it answered last, in the order of the ingesters. */
  nodeIds(): (string | null)[];
  stop(): Promise<void>;
}

export function ingesterGroup(ingesters: readonly Ingester[]): IngesterGroup {
  return {
    start() {
      for (const ingester of ingesters) ingester.start();
    },
    state() {
      const states = ingesters.map((ingester) => ingester.state());
      return {
        freshAt: earliest(states.map(({ freshAt }) => freshAt)),
        failure: states.reduce<IngesterState['failure']>(
          (most, { failure }) => ((failure?.failures ?? 0) > (most?.failures ?? 0) ? failure : most),
          null,
        ),
        duplicates: states.reduce((sum, { duplicates }) => sum + duplicates, 0),
      };
    },
    nodeIds: () => ingesters.map((ingester) => ingester.state().nodeId),
    async stop() {
      await Promise.all(ingesters.map((ingester) => ingester.stop()));
    },
  };
}

/** Null when one of them is. */
function earliest(instants: readonly (Date | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null);
  if (known.length < instants.length || known.length === 0) return null;
  return new Date(Math.min(...known.map((instant) => instant.getTime())));
}
