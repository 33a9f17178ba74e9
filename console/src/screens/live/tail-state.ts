import type { TailRecord, TailSource, TailStats } from '@cuepoint/contract';

/** Rows on the screen, and rows kept for it while it is paused. */
export const MOST_ROWS = 200;
/** Seconds over which rates are averaged. */
const WINDOW_SECONDS = 10;

export interface TailRow {
  key: number;
  record: TailRecord;
}

type Rates = Pick<TailStats, 'seconds' | 'seen' | 'matched' | 'sent' | 'sampledOut' | 'dropped'>;

export interface TailState {
  /** Newest first. */
  rows: readonly TailRow[];
  paused: boolean;
  /** While paused: the newest that came, newest first, and how many matched in all. */
  held: readonly TailRow[];
  heldMatched: number;
  /** The last seconds, newest last. */
  window: readonly Rates[];
  /** Since the filter was set. */
  left: { sampledOut: number; dropped: number };
  gaps: readonly { node: string; detail: string }[];
  sources: readonly TailSource[];
  nextKey: number;
}

export const emptyTail: TailState = {
  rows: [],
  paused: false,
  held: [],
  heldMatched: 0,
  window: [],
  left: { sampledOut: 0, dropped: 0 },
  gaps: [],
  sources: [],
  nextKey: 0,
};

export type TailAction =
  | { type: 'records'; records: readonly TailRecord[] }
  | { type: 'stats'; stats: TailStats }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'clear' };

export function reduceTail(state: TailState, action: TailAction): TailState {
  switch (action.type) {
    case 'records': {
      const fresh = action.records.map((record, at) => ({ key: state.nextKey + at, record })).reverse();
      const nextKey = state.nextKey + fresh.length;
      return state.paused
        ? {
            ...state,
            nextKey,
            held: [...fresh, ...state.held].slice(0, MOST_ROWS),
            heldMatched: state.heldMatched + fresh.length,
          }
        : { ...state, nextKey, rows: [...fresh, ...state.rows].slice(0, MOST_ROWS) };
    }
    case 'stats':
      return withStats(state, action.stats);
    case 'pause':
      return { ...state, paused: true };
    case 'resume':
      return {
        ...state,
        paused: false,
        rows: [...state.held, ...state.rows].slice(0, MOST_ROWS),
        held: [],
        heldMatched: 0,
      };
    case 'clear':
      return { ...emptyTail, paused: state.paused, nextKey: state.nextKey, sources: state.sources };
  }
}

function withStats(state: TailState, stats: TailStats): TailState {
  const { gaps, sources, ...rates } = stats;
  const window = [...state.window, rates].slice(-WINDOW_SECONDS);
  const out = rates.sampledOut + rates.dropped;
  return {
    ...state,
    window,
    sources,
    left: {
      sampledOut: state.left.sampledOut + rates.sampledOut,
      dropped: state.left.dropped + rates.dropped,
    },
    // What matched and was not sent came while paused as well.
    heldMatched: state.paused ? state.heldMatched + out : state.heldMatched,
    gaps: [...state.gaps, ...gaps].slice(-5),
  };
}

/** Rates of the last seconds, and the share of what matched that is shown; null before anything was told. */
export function ratesOf({
  window,
}: Pick<TailState, 'window'>): { seen: number; matched: number; shown: number; share: number } | null {
  const sum = (name: keyof Rates) => window.reduce((total, one) => total + one[name], 0);
  const seconds = sum('seconds');
  if (seconds <= 0) return null;
  const matched = sum('matched');
  const out = sum('sampledOut') + sum('dropped');
  return {
    seen: sum('seen') / seconds,
    matched: matched / seconds,
    shown: sum('sent') / seconds,
    // Of what was decided on: some of what matched may still wait.
    share: out === 0 ? 1 : sum('sent') / (sum('sent') + out),
  };
}
