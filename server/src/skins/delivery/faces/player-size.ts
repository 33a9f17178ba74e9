/** Width from which a player is of each class, largest first: high definition, standard definition, a column of text. */
const CLASSES = [
  [1280, 'xlarge'],
  [640, 'large'],
  [400, 'medium'],
  [1, 'small'],
] as const;

/** Value of the dimension `player_size`. */
export type PlayerSize = (typeof CLASSES)[number][1];

/**
 * The class of a player by its size in pixels: that of the widest 16:9 picture that it shows whole. One side alone is
 * taken for such a picture; 0 and undefined say nothing. Null when neither side is known.
 */
export function playerSize(width: number | undefined, height: number | undefined): PlayerSize | null {
  // A player of 1280 x 720 must not miss its class by a rounding.
  const byHeight = height ? Math.floor((height * 16) / 9) : undefined;
  const picture = Math.min(width || Number.POSITIVE_INFINITY, byHeight || Number.POSITIVE_INFINITY);
  if (picture === Number.POSITIVE_INFINITY) return null;
  return CLASSES.find(([from]) => picture >= from)?.[1] ?? null;
}

/** The same from the macro PLAYERSIZE of VAST 4.1 as a request fills it in, `640,360`; null for unknown or withheld. */
export function playerSizeOfMacro(text: string | undefined): PlayerSize | null {
  const found = /^(\d{1,5})(?:,|%2C)(\d{1,5})$/i.exec(text ?? '');
  return found ? playerSize(Number(found[1]), Number(found[2])) : null;
}
