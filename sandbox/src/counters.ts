interface PlatformCount {
  requests: number;
  /** `METHOD /path` with ids taken out, e.g. `GET /dream-machine/v1/generations/:id`. */
  byRoute: Record<string, number>;
  byStatus: Record<string, number>;
}

/** Every request that reached a platform, faults included: the proof that a dry run sends nothing. */
export interface Counters {
  request(platform: string, method: string, path: string): void;
  /** `cut` for a connection that got no answer. */
  status(platform: string, status: number | 'cut'): void;
  read(): { requests: number; platforms: Record<string, PlatformCount> };
  clear(): void;
}

export function createCounters(platforms: readonly string[]): Counters {
  const fresh = (): Record<string, PlatformCount> =>
    Object.fromEntries(platforms.map((name) => [name, { requests: 0, byRoute: {}, byStatus: {} }]));
  let counts = fresh();
  const bump = (table: Record<string, number>, key: string) => {
    table[key] = (table[key] ?? 0) + 1;
  };
  return {
    request(platform, method, path) {
      const count = counts[platform]!;
      count.requests += 1;
      bump(
        count.byRoute,
        `${method} ${path.replace(/\/[0-9a-f-]{36}(?=\/|$)/g, '/:id').replace(/\/[A-Za-z0-9_.-]{40,}/g, '/:token')}`,
      );
    },
    status: (platform, status) => bump(counts[platform]!.byStatus, String(status)),
    read: () => ({
      requests: Object.values(counts).reduce((sum, count) => sum + count.requests, 0),
      platforms: structuredClone(counts),
    }),
    clear: () => {
      counts = fresh();
    },
  };
}
