/** How a value of a check is written for people. Figures are cut, not rounded up, so that a miss never reads as a hit. */
export type Unit =
  | 'ms'
  | 'bps'
  | 'bytes'
  | 'fps'
  | 'hz'
  | 'lufs'
  | 'dbtp'
  | 'count'
  | 'channels'
  | 'level'
  | 'text';

export function withUnit(value: number | string, unit: Unit): string {
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'ms':
      return `${(value / 1000).toFixed(3)} s`;
    case 'bps':
      return value >= 1_000_000
        ? `${trimmed(Math.trunc(value / 1000) / 1000)} Mbps`
        : `${trimmed(Math.trunc(value) / 1000)} kbps`;
    case 'bytes':
      return bytes(value);
    case 'fps':
      return `${trimmed(Number(value.toFixed(3)))} fps`;
    case 'hz':
      return `${trimmed(value / 1000)} kHz`;
    case 'lufs':
      return `${value.toFixed(1)} LUFS`;
    case 'dbtp':
      return `${value.toFixed(1)} dBTP`;
    case 'channels':
      return value === 1 ? '1 channel' : `${value} channels`;
    case 'level':
      return `level ${(value / 10).toFixed(1)}`;
    case 'count':
    case 'text':
      return String(value);
  }
}

/** A place in the file: 75500 -> "1:15.500". */
export function timecode(ms: number): string {
  const seconds = (ms % 60_000) / 1000;
  return `${Math.floor(ms / 60_000)}:${seconds.toFixed(3).padStart(6, '0')}`;
}

function bytes(value: number): string {
  if (value >= 1_000_000_000) return `${trimmed(Math.trunc(value / 1_000_000) / 1000)} GB`;
  if (value >= 1_000_000) return `${trimmed(Math.trunc(value / 1000) / 1000)} MB`;
  return value >= 1000 ? `${trimmed(value / 1000)} kB` : `${value} bytes`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(3)));
}
