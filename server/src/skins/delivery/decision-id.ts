const RANDOM_HEX_DIGITS = 20;

/** An id that sorts by time and tells the second it was made: `dec_`, seconds since 1970 in base 36, 80 random bits. */
export function newDecisionId(second: number, random: Buffer): string {
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = `dec_${second.toString(36)}`;
  }
  return lastPrefix + random.toString('hex');
}

let lastSecond = Number.NaN;
let lastPrefix = '';

/** The second a decision id was made; 0 for an id that is not of that form. */
export function decisionSecond(decisionId: string): number {
  const second = Number.parseInt(decisionId.slice('dec_'.length, -RANDOM_HEX_DIGITS), 36);
  return Number.isSafeInteger(second) ? second : 0;
}
