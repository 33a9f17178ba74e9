/** The VAST versions this package reads and writes, oldest first. 4.3 has no published schema; its elements are those of 4.2. */
export const VAST_VERSIONS = ['2.0', '3.0', '4.0', '4.1', '4.2', '4.3'] as const;

/** A VAST version as written in `VAST@version`. */
export type VastVersion = (typeof VAST_VERSIONS)[number];

/** XML namespace of VAST 4.0 and later; earlier versions have none. */
export const VAST_NAMESPACE = 'http://www.iab.com/VAST';

/** True when `version` is `since` or later. */
export function isAtLeast(version: VastVersion, since: VastVersion): boolean {
  return VAST_VERSIONS.indexOf(version) >= VAST_VERSIONS.indexOf(since);
}

/**
 * Reads a `version` attribute. A third number is accepted and ignored ("2.0.1" is 2.0), since the second
 * edition of VAST 2 is announced that way by many servers.
 */
export function readVastVersion(text: string): VastVersion | undefined {
  const match = /^\s*(\d\.\d)(?:\.\d+)?\s*$/.exec(text);
  return VAST_VERSIONS.find((version) => version === match?.[1]);
}
