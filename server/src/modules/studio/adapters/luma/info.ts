import type { GeneratorInfo } from '../../ports.ts';

/** Luma Dream Machine API, as npm lumaai 1.19.1 types it. */
export const lumaInfo: GeneratorInfo = {
  id: 'luma',
  name: 'Luma Dream Machine',
  api: 'Dream Machine API v1',
  maintainer: 'Luma Labs',
  authentication: 'bearer',
  formats: {
    aspectRatios: ['16:9', '9:16', '1:1'],
    resolutions: ['540p', '720p', '1080p'],
    clipSeconds: [5, 9],
  },
  promptCharacters: { min: 3, max: 5_000 },
};

export const lumaDefaultBaseUrl = 'https://api.lumalabs.ai/dream-machine/v1';

export type LumaModel = 'ray-2' | 'ray-flash-2';

/** Micros of USD for one second of video, by model and resolution. */
export type PriceTable = Readonly<Record<LumaModel, Readonly<Record<'540p' | '720p' | '1080p', number>>>>;

/**
 * About $0.08 a second is what third parties report for ray-2; the real price depends on resolution and account, so it
 * is a setting. ray-flash-2 is cheaper; the same figure keeps an estimate from being too low.
 */
export const lumaDefaultPrices: PriceTable = {
  'ray-2': { '540p': 80_000, '720p': 80_000, '1080p': 80_000 },
  'ray-flash-2': { '540p': 80_000, '720p': 80_000, '1080p': 80_000 },
};
