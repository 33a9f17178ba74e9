/** Shares are whole millionths: 250,000 is a quarter of the requests a sponsorship is eligible for. */
export const WHOLE_SHARE = 1_000_000;

/**
 * The share of voice as one draw. Each sponsorship owns a stretch of the draw as long as its share, so it gets exactly
 * that part of the requests it is eligible for, whoever else is eligible; what no sponsorship owns goes to everybody
 * else. Where more than the whole was sold, shares are cut in proportion.
 *
 * All of it in whole numbers: over `WHOLE_SHARE` evenly spaced draws each gets its share to the request.
 *
 * @param shares by slot, in millionths, 0 to 1,000,000
 * @param eligible slots of the sponsorships that may serve this request; `count` of them. Their order says which draws
 *   are whose, not how many: keep it the same from request to request
 * @param draw in [0, 1); not the one that pacing or rotation uses
 * @returns the index in `eligible`, or -1 when the request is nobody's
 */
export function pickShare(shares: Uint32Array, eligible: Int32Array, count: number, draw: number): number {
  let sold = 0;
  for (let index = 0; index < count; index++) sold += shares[eligible[index]!]!;
  const at = Math.floor(draw * Math.max(sold, WHOLE_SHARE));
  if (at >= sold) return -1;
  let end = 0;
  for (let index = 0; index < count; index++) {
    end += shares[eligible[index]!]!;
    if (at < end) return index;
  }
  return -1;
}

/** Checks a share of voice in millionths. Throws RangeError naming the field. */
export function checkShare(field: string, share: number): void {
  if (!Number.isInteger(share) || share < 1 || share > WHOLE_SHARE)
    throw new RangeError(`${field} ${share} must be a whole number of millionths from 1 to ${WHOLE_SHARE}`);
}
