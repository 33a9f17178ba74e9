/** A code a player puts into [ERROR_CODE] of an `error` tracker of a break. */
export interface VmapErrorCode {
  readonly code: number;
  /** What went wrong, in one sentence. */
  readonly meaning: string;
}

/**
 * The codes of VMAP 1.0.1, section 2.5, in our words. For an error of a VAST ad the code of VAST is reported instead.
 */
export const VMAP_ERROR_CODES: readonly VmapErrorCode[] = [
  { code: 900, meaning: 'An error that no other code describes.' },
  { code: 1000, meaning: 'The response breaks the VMAP schema.' },
  { code: 1001, meaning: 'The player does not support the VMAP version of the response.' },
  { code: 1002, meaning: 'The response could not be parsed.' },
  { code: 1003, meaning: 'The player does not support the type of the break.' },
  { code: 1004, meaning: 'The ad response of the break failed and no other code says why.' },
  { code: 1005, meaning: 'The player does not support the template of the ad response.' },
  { code: 1006, meaning: 'The ad response could not be taken out of the document or parsed.' },
  { code: 1007, meaning: 'The ad response did not arrive in time.' },
  { code: 1008, meaning: 'The ad response could not be fetched, for instance for an HTTP error.' },
];

const BY_CODE = new Map(VMAP_ERROR_CODES.map((entry) => [entry.code, entry]));

/** The entry of a code; undefined for one VMAP does not define. */
export function vmapErrorCode(code: number): VmapErrorCode | undefined {
  return BY_CODE.get(code);
}
