/**
 * Runs PGlite on a thread of its own: a query occupies its thread until it is answered, and the control
 * plane must keep answering meanwhile. Requests are worked off strictly one after the other.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { WorkerReply, WorkerRequest, WorkerSettings } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('the embedded database worker must be started as a worker thread');

const reply = (message: WorkerReply, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function start(settings: WorkerSettings): Promise<PGlite> {
  return PGlite.create({
    ...(settings.directory === null ? {} : { dataDir: settings.directory }),
    ...(settings.template === null ? {} : { loadDataDir: new Blob([new Uint8Array(settings.template)]) }),
  });
}

/**
 * Every driver connection shares one database session, so what the previous one left behind (an open
 * transaction, a role, prepared statements, LISTEN) is wiped before the next begins.
 */
async function resetSession(database: PGlite): Promise<void> {
  if (inTransaction(database)) await database.exec('ROLLBACK');
  await database.exec('DISCARD ALL');
}

function inTransaction(database: PGlite): boolean {
  const probe = database as unknown as { isInTransaction?: () => boolean };
  return probe.isInTransaction?.() ?? true;
}

let serverVersion = '';
let queue: Promise<void> = Promise.resolve();

async function perform(database: PGlite, request: WorkerRequest): Promise<void> {
  switch (request.type) {
    case 'open':
      await resetSession(database);
      reply({ type: 'opened', connection: request.connection, serverVersion });
      return;
    case 'send': {
      const answer = await database.execProtocolRaw(request.bytes);
      reply({ type: 'bytes', connection: request.connection, bytes: answer }, [answer.buffer as ArrayBuffer]);
      return;
    }
    case 'close':
      await resetSession(database);
      reply({ type: 'closed', connection: request.connection });
      return;
    case 'dump': {
      const bytes = new Uint8Array(await (await database.dumpDataDir('gzip')).arrayBuffer());
      reply({ type: 'dumped', bytes }, [bytes.buffer]);
      return;
    }
    case 'shutdown':
      await database.close();
      reply({ type: 'stopped' });
      port?.close();
  }
}

try {
  const database = await start(workerData as WorkerSettings);
  const version = await database.query<{ server_version: string }>('SHOW server_version');
  serverVersion = version.rows[0]?.server_version ?? '';
  port.on('message', (request: WorkerRequest) => {
    queue = queue
      .then(() => perform(database, request))
      .catch((error: unknown) => {
        // A failed statement is an ordinary answer in the protocol; an exception here means the engine
        // itself is broken, and going on could lose writes.
        reply({ type: 'failed', message: describe(error) });
        port.close();
        process.exit(1);
      });
  });
  reply({ type: 'ready' });
} catch (error) {
  reply({ type: 'failed', message: describe(error) });
  port.close();
}
