/** Durations of states are virtual milliseconds, the life of an asset address real ones; prices USD cents a second, as the account would be charged. */
export interface LumaSettings {
  /** When set, the only accepted bearer token; else any. */
  apiKey: string | null;
  queueMs: number;
  /** Least time in `dreaming`; rendering may take longer. */
  dreamMs: number;
  maxConcurrent: number;
  renderConcurrency: number;
  /** Most lines on the shorter side of a clip, whatever was asked for. */
  clipLines: number;
  creditCents: number;
  centsPerSecond: Readonly<Record<string, number>>;
  assetTtlMs: number;
  /** A prompt with this word ends `failed`. */
  failWord: string;
  /** A prompt with this word is refused at create, as moderation does. */
  moderationWord: string;
}

export const lumaDefaults: LumaSettings = {
  apiKey: null,
  queueMs: 2_000,
  dreamMs: 20_000,
  maxConcurrent: 10,
  renderConcurrency: 2,
  clipLines: Number.POSITIVE_INFINITY,
  creditCents: 100_000,
  centsPerSecond: { 'ray-2': 8, 'ray-flash-2': 3 },
  assetTtlMs: 24 * 60 * 60 * 1000,
  failWord: 'sandbox-fail',
  moderationWord: 'sandbox-moderation',
};
