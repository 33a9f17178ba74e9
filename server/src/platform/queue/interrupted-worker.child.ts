/** Test child: takes the job "interrupted" from an embedded database and never finishes it. */
import { openDatabase } from '../database/index.ts';
import { createQueue } from './index.ts';

const [directory, migrationsFolder] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: interrupted-worker.child.ts <directory> <migrations>');
const database = await openDatabase({ url: `pglite:${directory}`, migrationsFolder });
await database.migrate();
const queue = createQueue({
  database,
  onError: (error) => {
    throw error;
  },
});
await queue.start();
await queue.createQueue('interrupted', { retryLimit: 3 });
await queue.work('interrupted', async (job) => {
  console.log(`running ${job.id} attempt ${job.attempt}`);
  await new Promise(() => undefined);
});
await queue.send('interrupted', { accountId: 'acc_1' });
