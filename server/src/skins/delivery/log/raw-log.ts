import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogRecord } from '../../../kernel/delivery-protocol.ts';
import { KIND, payloadOf, readFrame } from './frame.ts';
import { segmentPath } from './segment-files.ts';

/** What the segment files of a data directory hold, whatever runs on it. */
export interface RawLog {
  nodes: string[];
  segments: number;
  bytes: number;
  records: LogRecord[];
}

/**
 * Reads every record of every delivery node straight from the segment files of a data directory: a view of what was
 * delivered that needs neither a server nor the database, for checks from outside. The last record of a segment may be
 * just being written; what follows the last sound record is left out there.
 * @throws Error when a sealed segment is damaged, or a record is not what the protocol allows
 */
export function readRawLog(dataDir: string): RawLog {
  const root = join(dataDir, 'log');
  const found: RawLog = { nodes: [], segments: 0, bytes: 0, records: [] };
  if (!existsSync(root)) return found;
  const nodes = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of nodes.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    found.nodes.push(name);
    const numbers = readdirSync(join(root, name))
      .flatMap((file) => /^(\d{8})\.log$/.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((left, right) => left - right);
    numbers.forEach((number, index) => {
      readSegment(segmentPath(join(root, name), number), index < numbers.length - 1, found);
    });
  }
  return found;
}

function readSegment(path: string, isSealed: boolean, into: RawLog): void {
  const buffer = readFileSync(path);
  into.segments++;
  into.bytes += buffer.length;
  let offset = 0;
  while (offset < buffer.length) {
    const frame = readFrame(buffer, offset);
    if (typeof frame === 'string') {
      if (isSealed) throw new Error(`${path} is ${frame} at offset ${offset}, in a sealed segment`);
      return;
    }
    if (frame.kind === KIND.decision || frame.kind === KIND.event) {
      const record = LogRecord.safeParse(JSON.parse(payloadOf(buffer, offset, frame)));
      if (!record.success) throw new Error(`${path}: the record at offset ${offset} is not of the protocol`);
      into.records.push(record.data);
    }
    offset = frame.end;
  }
}
