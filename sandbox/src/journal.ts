import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One object as it is now; the last line of a key wins, `null` removes it. */
export interface JournalRecord {
  kind: string;
  id: string;
  value: unknown;
}

/** Keeps the state of the stand-ins across restarts. Written synchronously: what was answered is on disk. */
export interface Journal {
  load(): JournalRecord[];
  write(kind: string, id: string, value: unknown): void;
  clear(): void;
}

export const memoryJournal: Journal = { load: () => [], write: () => undefined, clear: () => undefined };

export function fileJournal(dataDir: string): Journal {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'state.jsonl');
  return {
    load() {
      if (!existsSync(file)) return [];
      const latest = new Map<string, JournalRecord>();
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const record = parsed(line);
        if (record === undefined) continue;
        latest.set(`${record.kind}:${record.id}`, record);
      }
      const records = [...latest.values()].filter((record) => record.value !== null);
      writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      return records;
    },
    write: (kind, id, value) => appendFileSync(file, `${JSON.stringify({ kind, id, value })}\n`),
    clear: () => writeFileSync(file, ''),
  };
}

/** A line that a kill cut short is not a record. */
function parsed(line: string): JournalRecord | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return undefined;
  }
}
