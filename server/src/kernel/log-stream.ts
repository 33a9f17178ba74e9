import { LogPosition } from './protocol-parts.ts';

/**
 * How records of a node travel by a Redis stream, beside the log that can be read at the node: one stream a node, an entry
 * a page, whose id is the position that the page begins at (`<segment>-<offset>`), so that none can be there twice or out
 * of order. Its fields are `next`, the position behind it, and `page`, a `LogPage` as JSON.
 */
export const logStreamOf = (nodeId: string): string => `cuepoint:log:{${nodeId}}`;

/** The consumer group of those who bring records into the database. */
export const LOG_STREAM_GROUP = 'ingesters';

export const positionText = ({ segment, offset }: LogPosition): string => `${segment}-${offset}`;

/** Null for what is no position. */
export function readPositionText(text: string): LogPosition | null {
  const found = /^(\d{1,16})-(\d{1,16})$/.exec(text);
  const position = LogPosition.safeParse({ segment: Number(found?.[1]), offset: Number(found?.[2]) });
  return position.success ? position.data : null;
}
