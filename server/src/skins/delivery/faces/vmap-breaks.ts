import { readTime, readTimeOffset, type VmapTimeOffset } from '@cuepoint/vast';
import type { SnapshotPlacement } from '../../../kernel/delivery-protocol.ts';
import { badField } from '../problems.ts';
import type { FaceState } from '../served.ts';
import type { RequestParams } from './params.ts';

/** One break of a piece of content: when, and in which placement its ads are decided. */
export interface PlannedBreak {
  readonly id: string;
  readonly position: 'pre' | 'mid' | 'post';
  readonly timeOffset: VmapTimeOffset;
  readonly placement: SnapshotPlacement;
  readonly repeatAfterMs: number | undefined;
}

const MAX_BREAKS = 20;
const ACCEPTED =
  'up to 20 breaks such as pre, mid@00:10:00, mid@50%, mid@#2 and post, mid with a time, a share or a number';
const ORDER = { pre: 0, mid: 1, post: 2 } as const;

/**
 * The breaks that `breaks` lists, or one for every placement of the app in its position: pre-rolls at the start, post-rolls
 * at the end, mid-rolls spread evenly. `repeat` (HH:MM:SS) repeats the last mid-roll at that distance. Breaks of a position
 * are decided in the app's placement of that position, in turn when there are several; a placement that lies in no app,
 * or stands alone, serves for all. Throws `input.invalid`.
 */
export function planBreaks(params: RequestParams, state: FaceState, base: SnapshotPlacement): PlannedBreak[] {
  const besides = state.placements.besides(base).filter(({ status }) => status === 'active');
  const asked = params.list('breaks');
  const breaks = asked.length === 0 ? everyPlacement(besides, base) : listed(params, asked, besides, base);
  const repeatAfterMs = readRepeat(params);
  if (repeatAfterMs === undefined) return breaks;
  const last = breaks.findLastIndex(({ position }) => position === 'mid');
  if (last < 0)
    throw badField(
      params.fieldOf('repeat'),
      params.get('repeat'),
      'a mid-roll in breaks that can be repeated',
    );
  return breaks.map((one, index) => (index === last ? { ...one, repeatAfterMs } : one));
}

function listed(
  params: RequestParams,
  asked: readonly string[],
  besides: readonly SnapshotPlacement[],
  base: SnapshotPlacement,
): PlannedBreak[] {
  const field = params.fieldOf('breaks');
  if (asked.length > MAX_BREAKS)
    throw badField(field, undefined, ACCEPTED, `${field} has ${asked.length} breaks`);
  const used = { pre: 0, mid: 0, post: 0 };
  return asked.map((text) => {
    const at = text.indexOf('@');
    const position = at < 0 ? text : text.slice(0, at);
    const offset = at < 0 ? undefined : readTimeOffset(text.slice(at + 1));
    if (position !== 'pre' && position !== 'mid' && position !== 'post')
      throw badField(field, text, ACCEPTED);
    if (position === 'mid' ? offset === undefined || typeof offset === 'string' : at >= 0)
      throw badField(field, text, ACCEPTED);
    const number = used[position]++;
    return planned(position, number, offset, placementFor(field, text, position, number, besides, base));
  });
}

function placementFor(
  field: string,
  text: string,
  position: PlannedBreak['position'],
  number: number,
  besides: readonly SnapshotPlacement[],
  base: SnapshotPlacement,
): SnapshotPlacement {
  const fitting = besides.filter((one) => one.position === position);
  const found = fitting[number % Math.max(1, fitting.length)];
  if (found) return found;
  if (base.app === null || base.position === 'standalone') return base;
  throw badField(
    field,
    text,
    `positions in which ${base.app.name} has an active placement: ${[...new Set(besides.map((one) => one.position))].join(', ') || 'none'}`,
  );
}

function everyPlacement(besides: readonly SnapshotPlacement[], base: SnapshotPlacement): PlannedBreak[] {
  const timed = besides
    .filter(
      (one): one is SnapshotPlacement & { position: PlannedBreak['position'] } =>
        one.position !== 'standalone',
    )
    .sort((a, b) => ORDER[a.position] - ORDER[b.position] || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_BREAKS);
  if (timed.length === 0) return [planned('pre', 0, undefined, base)];
  const mids = timed.filter(({ position }) => position === 'mid').length;
  const used = { pre: 0, mid: 0, post: 0 };
  return timed.map((placement) => {
    const number = used[placement.position]++;
    const percent = Math.round((10_000 * (number + 1)) / (mids + 1)) / 100;
    return planned(placement.position, number, { percent }, placement);
  });
}

function planned(
  position: PlannedBreak['position'],
  number: number,
  offset: VmapTimeOffset | undefined,
  placement: SnapshotPlacement,
): PlannedBreak {
  const timeOffset = position === 'pre' ? 'start' : position === 'post' ? 'end' : offset!;
  return { id: `${position}-${number + 1}`, position, timeOffset, placement, repeatAfterMs: undefined };
}

function readRepeat(params: RequestParams): number | undefined {
  const text = params.get('repeat');
  if (text === null) return undefined;
  const ms = readTime(text);
  if (ms === undefined || ms < 1000)
    throw badField(params.fieldOf('repeat'), text, 'HH:MM:SS, at least 00:00:01');
  return ms;
}
