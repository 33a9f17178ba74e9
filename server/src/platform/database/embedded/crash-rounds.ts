import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../../testing/child.ts';
import { embeddedTemplate } from '../../../testing/embedded-template.ts';
import { foundationMigrations } from '../../../testing/foundation-migrations.ts';
import { openDatabase } from '../index.ts';

export interface CrashRounds {
  acknowledged: number;
  /** Numbers whose commit was acknowledged and which are not there after reopening. */
  lost: number[];
  /** Numbers of which only one of the two rows is there. */
  torn: number[];
  stored: number;
}

/** Kills a writing process at a random moment, reopens its database and compares; repeatedly, on one directory. */
export async function runCrashRounds(rounds: number): Promise<CrashRounds> {
  const directory = mkdtempSync(join(tmpdir(), 'cuepoint-crash-'));
  const migrationsFolder = foundationMigrations({
    '0001_written': `create table written (number int not null, side text not null, filler text not null, primary key (number, side));
      --> statement-breakpoint
      grant insert, select on written to cuepoint_app;`,
  });
  const url = `pglite:${directory}`;
  const acknowledged = new Set<number>();
  const result: CrashRounds = { acknowledged: 0, lost: [], torn: [], stored: 0 };
  try {
    const template = await embeddedTemplate(migrationsFolder);
    await (await openDatabase({ url, template })).close();
    let next = 1;
    for (let round = 0; round < rounds; round++) {
      const writer = startChild(new URL('./crash-writer.child.ts', import.meta.url), [
        directory,
        String(next),
      ]);
      const last = next + 5 + Math.floor(Math.random() * 80);
      await writer.waitFor((line) => Number(line) >= last);
      await sleep(Math.random() * 30);
      await writer.kill();
      for (const line of writer.lines) acknowledged.add(Number(line));

      const database = await openDatabase({ url });
      const { rows } = await database.ownerQuery(
        'select number, count(*)::int as sides from written group by number',
      );
      await database.close();
      const present = new Map(rows.map((row) => [Number(row.number), Number(row.sides)]));
      result.lost.push(...[...acknowledged].filter((number) => !present.has(number)));
      result.torn.push(...[...present].filter(([, sides]) => sides !== 2).map(([number]) => number));
      result.stored = present.size;
      next = Math.max(0, ...present.keys()) + 1;
    }
    result.acknowledged = acknowledged.size;
    return result;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
