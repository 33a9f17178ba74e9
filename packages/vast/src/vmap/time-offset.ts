import { formatTime, readTime } from '../time.ts';

/**
 * Where a break is in the content (VMAP 1.0.1, section 2.3.1): a time from the start, a share of the length, the start
 * or the end, or the n-th opportunity where times are not known.
 */
export type VmapTimeOffset =
  | 'start'
  | 'end'
  | { readonly ms: number }
  | { readonly percent: number }
  | { readonly position: number };

/** Reads `AdBreak@timeOffset`; undefined when it is none of the forms. */
export function readTimeOffset(text: string): VmapTimeOffset | undefined {
  if (text === 'start' || text === 'end') return text;
  const position = /^#(\d{1,9})$/.exec(text)?.[1];
  if (position !== undefined) return Number(position) > 0 ? { position: Number(position) } : undefined;
  const percent = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { percent: Number(percent) } : undefined;
  const ms = readTime(text);
  return ms === undefined ? undefined : { ms };
}

/** Writes `AdBreak@timeOffset`. Throws RangeError for a value outside its range. */
export function formatTimeOffset(offset: VmapTimeOffset): string {
  if (typeof offset === 'string') return offset;
  if ('ms' in offset) return formatTime(offset.ms);
  if ('percent' in offset) {
    if (offset.percent >= 0 && offset.percent <= 100) return `${offset.percent}%`;
    throw new RangeError(`a share of the content is from 0 to 100 percent, not ${offset.percent}`);
  }
  if (Number.isSafeInteger(offset.position) && offset.position > 0) return `#${offset.position}`;
  throw new RangeError(`the position of a break is a whole number from 1, not ${offset.position}`);
}

/** The offset in content of known length, in milliseconds; undefined for a position. */
export function timeOffsetToMs(offset: VmapTimeOffset, contentDurationMs: number): number | undefined {
  if (offset === 'start') return 0;
  if (offset === 'end') return contentDurationMs;
  if ('ms' in offset) return offset.ms;
  return 'percent' in offset ? Math.round((contentDurationMs * offset.percent) / 100) : undefined;
}
