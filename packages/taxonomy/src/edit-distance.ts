/** Insertions, deletions, substitutions and swaps of neighbours between two texts, ignoring case. */
export function editDistance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let twoBack: number[] = [];
  let back = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(back, j) + 1, at(row, j - 1) + 1, at(back, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(twoBack, j - 2) + 1);
      row.push(best);
    }
    twoBack = back;
    back = row;
  }
  return at(back, b.length);
}

/**
 * The candidate meant by a misspelt text: near enough, and nearer than any that means
 * something else (`meaning` says what a candidate stands for). Null when in doubt.
 */
export function nearest(
  text: string,
  candidates: readonly string[],
  meaning: (candidate: string) => string | undefined = (candidate) => candidate,
): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  let tied = false;
  for (const candidate of candidates) {
    const distance = editDistance(text, candidate);
    if (best !== null && distance === bestDistance && meaning(candidate) !== meaning(best)) tied = true;
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
    tied = false;
  }
  // Half the letters wrong is another word; a two-letter code allows one slip.
  const limit = Math.min(3, Math.floor(Math.max(text.length, best?.length ?? 0) / 2));
  return !tied && bestDistance <= limit ? best : null;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
