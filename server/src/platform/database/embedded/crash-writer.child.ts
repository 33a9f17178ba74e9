/** Test child: writes pairs of rows until it is killed, printing each number once its commit was acknowledged. */
import { writeSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../index.ts';

const [directory, first] = process.argv.slice(2);
if (directory === undefined || first === undefined)
  throw new Error('usage: crash-writer.child.ts <directory> <first>');
const database = await openDatabase({ url: `pglite:${directory}` });
for (let number = Number(first); ; number++) {
  await database.withTransaction({ role: 'app' }, async (tx) => {
    await tx.execute(sql`insert into written values (${number}, 'left', ${'x'.repeat(number % 3_000)})`);
    await tx.execute(sql`insert into written values (${number}, 'right', '')`);
  });
  writeSync(1, `${number}\n`);
}
