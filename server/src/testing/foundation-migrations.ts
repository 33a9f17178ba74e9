import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultMigrationsFolder } from '../platform/database/index.ts';

interface Journal {
  version: string;
  dialect: string;
  entries: Array<{ idx: number; version: string; when: number; tag: string; breakpoints: boolean }>;
}

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/**
 * A migrations folder with the first migration (roles and functions) only, and optionally more after it: for
 * tests of the platform that must not depend on the tables of the business.
 */
export function foundationMigrations(more: Readonly<Record<string, string>> = {}): string {
  const source = defaultMigrationsFolder();
  const folder = mkdtempSync(join(tmpdir(), 'cuepoint-migrations-'));
  made.push(folder);
  mkdirSync(join(folder, 'meta'));
  const journal = JSON.parse(readFileSync(join(source, 'meta', '_journal.json'), 'utf8')) as Journal;
  const first = journal.entries[0];
  if (first === undefined) throw new Error(`${source} has no migrations`);
  copyFileSync(join(source, `${first.tag}.sql`), join(folder, `${first.tag}.sql`));
  const entries = [first];
  for (const [index, [tag, text]] of Object.entries(more).entries()) {
    writeFileSync(join(folder, `${tag}.sql`), text);
    entries.push({ ...first, idx: index + 1, when: first.when + index + 1, tag });
  }
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
  return folder;
}
