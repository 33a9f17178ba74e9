/** An invented publisher with two apps and six placements. */
export const demoPublisher = { name: 'Larkfield Television', domain: 'larkfield.example' };

export const demoApps = {
  stream: {
    name: 'Larkfield',
    kind: 'app',
    bundle: 'com.larkfield.tv',
    domain: 'larkfield.example',
    network: 'Larkfield',
    categories: ['IAB1-7'],
  },
  live: {
    name: 'Larkfield Live',
    kind: 'channel',
    bundle: 'com.larkfield.live',
    domain: 'larkfield.example',
    network: 'Larkfield',
    channelName: 'Larkfield Live',
    categories: ['IAB17'],
  },
} as const;

export type DemoPlacement = 'pre' | 'mid' | 'film' | 'post' | 'live' | 'house';

/** What is asked of `createPlacement`, beside publisher and app. */
export const demoPlacements: Readonly<
  Record<DemoPlacement, { app: keyof typeof demoApps; input: Record<string, unknown> & { name: string } }>
> = {
  pre: {
    app: 'stream',
    input: {
      name: 'Larkfield pre-roll',
      position: 'pre',
      maxDurationMs: 30_000,
      floorCpmMicros: 9_000_000,
      floorCurrency: 'USD',
    },
  },
  mid: {
    app: 'stream',
    input: {
      name: 'Larkfield mid-roll, series',
      position: 'mid',
      maxDurationMs: 60_000,
      pod: {
        kind: 'dynamic',
        durationMs: 90_000,
        maxAds: 6,
        firstPermille: 1150,
        lastPermille: 1050,
        backups: 1,
      },
    },
  },
  film: {
    app: 'stream',
    input: {
      name: 'Larkfield mid-roll, films',
      position: 'mid',
      maxDurationMs: 60_000,
      // Sports goods stay out of the films.
      blockedCategories: ['IAB17'],
      pod: {
        kind: 'hybrid',
        durationMs: 60_000,
        maxAds: 5,
        slots: [{ kind: 'bumper', maxDurationMs: 6_000 }],
        categorySeparation: 'adjacent',
      },
    },
  },
  post: {
    app: 'stream',
    input: { name: 'Larkfield post-roll', position: 'post', maxDurationMs: 60_000 },
  },
  live: {
    app: 'live',
    input: {
      name: 'Larkfield Live, match break',
      position: 'mid',
      minDurationMs: 20_000,
      maxDurationMs: 30_000,
      exactDurationsMs: [20_000, 30_000],
      pod: { kind: 'dynamic', durationMs: 120_000, maxAds: 6, isExact: true },
    },
  },
  house: {
    app: 'live',
    input: {
      name: 'Larkfield house',
      position: 'standalone',
      maxDurationMs: 60_000,
      // Nothing that this server makes is in WebM.
      mimes: ['video/webm'],
    },
  },
};
