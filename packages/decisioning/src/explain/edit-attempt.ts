import type { DecisionIndex, IndexedLineItem } from '../index/model.ts';
import type { AdRequest, FlightInput, LineItemInput } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { KnownReadings } from './known-readings.ts';

/** One field of a line item, before and after. */
export interface LineItemEdit {
  /** Such as `status`, `targeting` or `flights[0].budgetMicros`. */
  readonly field: string;
  readonly reason: Reason;
  readonly sentence: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A line item as it has been changed so far, and what was read of it. */
export interface Attempt {
  readonly input: LineItemInput;
  readonly readings: KnownReadings;
}

/** What a change is made for. */
export interface Place {
  readonly index: DecisionIndex;
  readonly request: AdRequest;
  /** What serves instead, in play order. */
  readonly rank: readonly IndexedLineItem[];
}

/** A change, or why there is none. */
export type Change = { readonly edit: LineItemEdit; readonly attempt: Attempt } | string;

/** Makes a change of one field of a flight. */
export type FlightEdit = <F extends keyof FlightInput>(
  position: number,
  field: F,
  to: FlightInput[F],
  sentence: string,
  readings?: KnownReadings,
) => Change;
/** Makes a change of one field of the line item. */
export type Make = <F extends keyof LineItemInput>(
  field: F,
  to: LineItemInput[F],
  sentence: string,
  more?: { field?: string; from?: unknown; to?: unknown; readings?: KnownReadings },
) => Change;
