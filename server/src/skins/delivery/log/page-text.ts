import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { RawPage } from './reader.ts';

/** A page as the other plane reads it (`LogPage`). Payloads are JSON already: joined, not parsed and printed again. */
export function pageText(nodeId: string, { entries, next }: RawPage, durableThrough: LogPosition): string {
  const texts = entries.map(
    ({ segment, offset, payload }) => `{"segment":${segment},"offset":${offset},"record":${payload}}`,
  );
  return `{"nodeId":${JSON.stringify(nodeId)},"entries":[${texts.join(',')}],"next":${JSON.stringify(next)},"durableThrough":${JSON.stringify(durableThrough)}}`;
}
