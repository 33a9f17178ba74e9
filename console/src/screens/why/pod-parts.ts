import type { Explanation, ShownAd } from '@cuepoint/contract';

export type PodPart =
  | { kind: 'ad'; startMs: number; durationMs: number; ad: ShownAd }
  | { kind: 'unsold'; startMs: number; durationMs: number };

/** The break from its start to its end: ads in play order and what stayed unsold between and after them. */
export function podParts(pod: Explanation['pod']): PodPart[] {
  const parts: PodPart[] = [];
  let at = 0;
  for (const ad of [...pod.ads].sort((a, b) => a.startMs - b.startMs || a.position - b.position)) {
    if (ad.startMs > at) parts.push({ kind: 'unsold', startMs: at, durationMs: ad.startMs - at });
    parts.push({ kind: 'ad', startMs: ad.startMs, durationMs: ad.durationMs, ad });
    at = Math.max(at, ad.startMs + ad.durationMs);
  }
  if (at < pod.durationMs) parts.push({ kind: 'unsold', startMs: at, durationMs: pod.durationMs - at });
  return parts;
}

/** Place of each category among the chart colours, by first appearance; beyond eight they share the last. */
export function categoryColours(ads: readonly ShownAd[]): Map<string, number> {
  const colours = new Map<string, number>();
  for (const ad of ads) {
    const category = mainCategory(ad);
    if (!colours.has(category)) colours.set(category, Math.min(8, colours.size + 1));
  }
  return colours;
}

/** The category a competitor would share. */
export function mainCategory(ad: Pick<ShownAd, 'categories'>): string {
  return ad.categories[0] ?? 'no category';
}

/** "1:05" from the start of the break; tenths only where there are some. */
export function offsetClock(ms: number): string {
  const tenths = Math.round(ms / 100);
  const rest = tenths % 600;
  const second = String(Math.floor(rest / 10)).padStart(2, '0');
  return `${Math.floor(tenths / 600)}:${second}${rest % 10 === 0 ? '' : `.${rest % 10}`}`;
}
