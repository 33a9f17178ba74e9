import type { LogPosition } from './delivery-protocol.ts';

/** How far each node's log was seen, by the name of the node. */
export type TailPositions = ReadonlyMap<string, LogPosition>;

const PART = /^([A-Za-z0-9_-]{1,64})\.(\d{1,9})\.(\d{1,12})$/;
const MOST_NODES = 64;

/** Positions as the id of a server-sent event: `node-1.3.1204,node-2.1.96`. */
export function positionsText(positions: TailPositions): string {
  return [...positions].map(([node, { segment, offset }]) => `${node}.${segment}.${offset}`).join(',');
}

/** Reads what `positionsText` wrote; null when it is nothing of the kind. */
export function readPositions(text: string): Map<string, LogPosition> | null {
  const positions = new Map<string, LogPosition>();
  if (text === '') return positions;
  const parts = text.split(',');
  if (parts.length > MOST_NODES) return null;
  for (const part of parts) {
    const [, node, segment, offset] = PART.exec(part) ?? [];
    if (node === undefined || Number(segment) < 1) return null;
    positions.set(node, { segment: Number(segment), offset: Number(offset) });
  }
  return positions;
}
