/** Standard errors that a share drawn by chance may be away from what it should be: missed once in some two million. */
const MOST_ERRORS = 5;

/**
 * How far a count of `draws` independent draws is from its expectation, in standard errors, against MOST_ERRORS: at most 1
 * is by chance.
 */
export function beyondChance(count: number, draws: number, share: number): number {
  return Math.abs(count - draws * share) / (MOST_ERRORS * Math.sqrt(draws * share * (1 - share)));
}
