/** Windows a cap may have. They slide: an exposure exactly one window old has left. `lifetime` never leaves. */
export const CAP_WINDOWS = ['minute', 'hour', 'day', 'week', 'lifetime'] as const;
export type CapWindow = (typeof CAP_WINDOWS)[number];

const WINDOW_SECONDS: Record<CapWindow, number> = {
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  lifetime: Number.POSITIVE_INFINITY,
};

/** Exposures that a sliding window may allow: each is remembered. A lifetime is only a count. */
export const MAX_WINDOWED_CAP = 1000;
export const MAX_LIFETIME_CAP = 1_000_000;
const MAX_RULES = 8;

/** At most `cap` exposures of one identity within any stretch of time as long as the window. */
export interface FrequencyCap {
  readonly cap: number;
  readonly window: CapWindow;
}

/** The caps of one scope, made by {@link compileCaps} once per snapshot. */
export interface CapRules {
  readonly caps: readonly number[];
  /** Infinity for a lifetime. */
  readonly windowsMs: readonly number[];
  /** How many exposures have to be remembered: the largest cap of a sliding window, 0 without one. */
  readonly keep: number;
  /** When an exposure no longer matters to any rule; Infinity with a lifetime rule. */
  readonly longestSeconds: number;
}

/**
 * Checks the caps of one scope and arranges them for the table. No caps: everything is allowed and nothing kept.
 * Throws RangeError naming the field and what would be accepted.
 */
export function compileCaps(caps: readonly FrequencyCap[]): CapRules {
  if (caps.length > MAX_RULES)
    throw new RangeError(`frequencyCaps has ${caps.length} rules, at most ${MAX_RULES} are accepted`);
  caps.forEach(({ cap, window }, index) => {
    const at = `frequencyCaps[${index}]`;
    if (!CAP_WINDOWS.includes(window))
      throw new RangeError(`${at}.window '${window}' must be one of ${CAP_WINDOWS.join(', ')}`);
    const most = window === 'lifetime' ? MAX_LIFETIME_CAP : MAX_WINDOWED_CAP;
    if (!Number.isInteger(cap) || cap < 1 || cap > most)
      throw new RangeError(`${at}.cap ${cap} must be a whole number from 1 to ${most} in a ${window}`);
  });
  const seconds = caps.map(({ window }) => WINDOW_SECONDS[window]);
  return {
    caps: caps.map(({ cap }) => cap),
    windowsMs: seconds.map((value) => value * 1000),
    keep: Math.max(0, ...caps.filter(({ window }) => window !== 'lifetime').map(({ cap }) => cap)),
    longestSeconds: Math.max(0, ...seconds),
  };
}
