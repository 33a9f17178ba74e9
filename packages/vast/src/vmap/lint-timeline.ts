import type { XmlElement } from '../xml/element.ts';
import { type VmapLintFinding, vmapFinding } from './rules.ts';
import { readTimeOffset, type VmapTimeOffset } from './time-offset.ts';

interface Place {
  readonly path: string;
  readonly written: string;
  readonly offset: VmapTimeOffset;
  readonly types: readonly string[];
}

/** Checks of all breaks together (VMAP 1.0.1, section 2.3.1): their order, their ids, and what excludes each other. */
export function checkTimeline(
  breaks: readonly (readonly [XmlElement, string])[],
  contentDurationMs: number | undefined,
): VmapLintFinding[] {
  const places = breaks.flatMap(([{ attributes }, path]): Place[] => {
    const written = (attributes.timeOffset ?? '').trim();
    const offset = readTimeOffset(written);
    return offset === undefined
      ? []
      : [{ path, written, offset, types: (attributes.breakType ?? '').split(',', 16) }];
  });
  return [
    ...checkIds(breaks),
    ...checkDuplicates(places),
    ...checkOrder(places),
    ...checkPositions(places),
    ...checkEnd(places, contentDurationMs),
  ];
}

function checkIds(breaks: readonly (readonly [XmlElement, string])[]): VmapLintFinding[] {
  const seen = new Set<string>();
  return breaks.flatMap(([{ attributes }, path]) => {
    const id = attributes.breakId ?? '';
    const twice = id !== '' && seen.has(id);
    seen.add(id);
    const message = `"${id.slice(0, 80)}" is used by a break before`;
    return twice ? [vmapFinding('vmap.break-id-duplicate', `${path}@breakId`, message)] : [];
  });
}

/** Two breaks at one place are common, when one is an overlay; two of one type exclude each other. */
function checkDuplicates(places: readonly Place[]): VmapLintFinding[] {
  const seen = new Set<string>();
  return places.flatMap(({ path, offset, written, types }) => {
    const keys = types.map((type) => `${JSON.stringify(offset)} ${type.trim()}`);
    const twice = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    const message = `a break before is at ${written} too and allows the same type`;
    return twice ? [vmapFinding('vmap.time-offset-duplicate', `${path}@timeOffset`, message)] : [];
  });
}

/** Only offsets of one kind can be compared without the length of the content; start and end always can. */
function checkOrder(places: readonly Place[]): VmapLintFinding[] {
  const findings: VmapLintFinding[] = [];
  const furthest = new Map<string, number>();
  let ended = false;
  let begun = false;
  for (const { path, offset, written } of places) {
    const kind = typeof offset === 'string' ? offset : (Object.keys(offset)[0] as string);
    const value = typeof offset === 'string' ? 0 : (Object.values(offset)[0] as number);
    const late =
      (ended && offset !== 'end') || (offset === 'start' && begun) || value < (furthest.get(kind) ?? 0);
    if (late)
      findings.push(
        vmapFinding('vmap.time-offset-order', `${path}@timeOffset`, `${written} comes after a later break`),
      );
    furthest.set(kind, Math.max(value, furthest.get(kind) ?? 0));
    ended ||= offset === 'end';
    begun ||= offset !== 'start';
  }
  return findings;
}

function checkPositions(places: readonly Place[]): VmapLintFinding[] {
  const isPosition = ({ offset }: Place): boolean => typeof offset === 'object' && 'position' in offset;
  if (places.every(isPosition)) return [];
  return places.filter(isPosition).map(({ path, written }) => {
    const message = `${written} stands beside breaks that are not positions`;
    return vmapFinding('vmap.position-ignored', `${path}@timeOffset`, message);
  });
}

function checkEnd(places: readonly Place[], contentDurationMs: number | undefined): VmapLintFinding[] {
  if (contentDurationMs === undefined) return [];
  return places.flatMap(({ path, offset, written }) => {
    const late = typeof offset === 'object' && 'ms' in offset && offset.ms > contentDurationMs;
    const message = `${written} is after the end at ${contentDurationMs} ms`;
    return late ? [vmapFinding('vmap.time-offset-beyond-content', `${path}@timeOffset`, message)] : [];
  });
}
