import type { LogPosition } from '../../../kernel/delivery-protocol.ts';

/** Orders two positions of one log; negative when `left` comes first. */
export function comparePositions(left: LogPosition, right: LogPosition): number {
  return left.segment - right.segment || left.offset - right.offset;
}
