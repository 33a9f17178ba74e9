import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { KIND } from './frame.ts';
import type { RawPage } from './reader.ts';

/**
 * A page as the other plane reads it (`LogPage`). Payloads are JSON already: joined, not parsed and printed again, while nobody
 * is to be forgotten.
 *
 * @param strip takes an erased viewer out of a decision. Of an event the identity goes on: sketches of reach are made from it
 *   again, bit by bit, and nothing else is
 */
export function pageText(
  nodeId: string,
  { entries, next }: RawPage,
  durableThrough: LogPosition,
  strip: (payload: string) => string,
): string {
  const texts = entries.map(({ kind, segment, offset, payload }) => {
    const record = kind === KIND.decision ? strip(payload) : payload;
    return `{"segment":${segment},"offset":${offset},"record":${record}}`;
  });
  return `{"nodeId":${JSON.stringify(nodeId)},"entries":[${texts.join(',')}],"next":${JSON.stringify(next)},"durableThrough":${JSON.stringify(durableThrough)}}`;
}
