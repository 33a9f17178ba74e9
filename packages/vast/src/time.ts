/** A point in an ad: a time from its start, or a share of its length (VAST 4.2, section 3.8 and 3.14). */
export type Offset = { readonly ms: number } | { readonly percent: number };

/** Formats milliseconds as HH:MM:SS, with .mmm only when there are any (VAST durations are `xs:time`). */
export function formatTime(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms >= 86_400_000) {
    throw new RangeError(`a VAST time is a whole number of milliseconds from 0 to 86399999, not ${ms}`);
  }
  const two = (n: number): string => String(n).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return ms % 1000 === 0 ? text : `${text}.${String(ms % 1000).padStart(3, '0')}`;
}

/** Reads HH:MM:SS or HH:MM:SS.fff (one to three decimals; more are cut) into milliseconds; undefined when it is neither. */
export function readTime(text: string): number | undefined {
  const match = /^(\d{2}):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/.exec(text);
  if (!match || Number(match[1]) > 23) return undefined;
  const ms = Number((match[4] ?? '').slice(0, 3).padEnd(3, '0'));
  return (Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])) * 1000 + ms;
}

/** Formats an offset as a time or as "25%". */
export function formatOffset(offset: Offset): string {
  if ('ms' in offset) return formatTime(offset.ms);
  if (!(offset.percent >= 0 && offset.percent <= 100)) {
    throw new RangeError(`a VAST offset in percent is from 0 to 100, not ${offset.percent}`);
  }
  return `${offset.percent}%`;
}

/** Reads a time or a percentage from 0 to 100; undefined when it is neither. */
export function readOffset(text: string): Offset | undefined {
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { percent: Number(percent) } : undefined;
  const ms = readTime(text);
  return ms === undefined ? undefined : { ms };
}

/** The offset in milliseconds of an ad that lasts `durationMs`. */
export function offsetToMs(offset: Offset, durationMs: number): number {
  return 'ms' in offset ? offset.ms : Math.round((durationMs * offset.percent) / 100);
}
