import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest, WorkerSettings } from './messages.ts';
import { isTerminate, joinBytes, startupAnswer } from './protocol.ts';

export interface Bridge {
  /** A stream for one `pg` connection; only one is served at a time. */
  connect(): Duplex;
  /** A gzipped image of all database files, in a consistent state. */
  dump(): Promise<Uint8Array>;
  /** Ends the thread after the work already queued. */
  close(): Promise<void>;
}

export interface BridgeOptions extends WorkerSettings {
  /** How long the thread may stay busy with work nobody waits for any more before it is given up, ms. */
  stuckLimitMs: number;
  /** The thread ended on its own; every later query fails. */
  onFatal: (error: Error) => void;
}

/** A build ships JavaScript beside this file; from source the worker is TypeScript and loads itself. */
function startWorker(workerData: WorkerSettings): Worker {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = new URL(fromSource ? './worker-from-source.mjs' : './worker.js', import.meta.url);
  const execArgv = fromSource ? ['--conditions=@cuepoint/source'] : [];
  return new Worker(entry, { execArgv, workerData, name: 'embedded-database' });
}

/** Starts the database thread and resolves when it accepts queries. Throws when the files cannot be opened. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const worker = startWorker({ directory: options.directory, template: options.template });
  const streams = new Map<number, ProtocolStream>();
  const stuckTimers = new Map<number, NodeJS.Timeout>();
  const dumps: Array<{ resolve(bytes: Uint8Array): void; reject(error: Error): void }> = [];
  let nextConnection = 1;
  let ended: Error | null = null;
  let closing = false;

  const post = (request: WorkerRequest, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage(request, transfer);

  const end = (error: Error): void => {
    if (ended !== null) return;
    ended = error;
    for (const timer of stuckTimers.values()) clearTimeout(timer);
    for (const stream of [...streams.values()]) stream.destroy(error);
    for (const dump of dumps.splice(0)) dump.reject(error);
  };

  const forget = (connection: number): void => {
    if (!streams.delete(connection) || ended !== null) return;
    post({ type: 'close', connection });
    const timer = setTimeout(() => {
      const error = new Error(
        `the embedded database has been busy for ${options.stuckLimitMs} ms with an abandoned statement and was stopped`,
      );
      fail(error);
    }, options.stuckLimitMs);
    timer.unref();
    stuckTimers.set(connection, timer);
  };

  const fail = (error: Error): void => {
    if (ended !== null) return;
    end(error);
    worker.terminate().catch(() => undefined);
    options.onFatal(error);
  };

  const receive = (message: WorkerReply): void => {
    switch (message.type) {
      case 'opened':
        streams.get(message.connection)?.push(startupAnswer(message.serverVersion));
        return;
      case 'bytes':
        streams.get(message.connection)?.push(message.bytes);
        return;
      case 'closed':
        clearTimeout(stuckTimers.get(message.connection));
        stuckTimers.delete(message.connection);
        return;
      case 'dumped':
        dumps.shift()?.resolve(message.bytes);
        return;
      case 'failed':
        fail(new Error(`the embedded database failed: ${message.message}`));
        return;
      case 'ready':
      case 'stopped':
    }
  };

  await new Promise<void>((resolve, reject) => {
    const onError = (error: unknown): void =>
      reject(error instanceof Error ? error : new Error(String(error)));
    const onExit = (): void => reject(new Error('the embedded database thread ended while starting'));
    worker.once('error', onError);
    worker.once('exit', onExit);
    worker.once('message', (first: WorkerReply) => {
      worker.off('error', onError);
      worker.off('exit', onExit);
      if (first.type === 'ready') resolve();
      else reject(new Error(first.type === 'failed' ? first.message : `unexpected ${first.type}`));
    });
  });

  worker.on('message', receive);
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => {
    if (!closing) fail(new Error(`the embedded database thread ended unexpectedly (exit code ${code})`));
  });

  return {
    connect() {
      const connection = nextConnection++;
      const stream = new ProtocolStream({
        open: () => post({ type: 'open', connection }),
        send: (bytes) => post({ type: 'send', connection, bytes }, [bytes.buffer as ArrayBuffer]),
        close: () => forget(connection),
        failure: () => ended,
      });
      streams.set(connection, stream);
      return stream;
    },
    dump() {
      if (ended !== null) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        dumps.push({ resolve, reject });
        post({ type: 'dump' });
      });
    },
    async close() {
      if (ended !== null || closing) return;
      closing = true;
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      post({ type: 'shutdown' });
      await exited;
      end(new Error('the embedded database is closed'));
    },
  };
}

interface StreamPorts {
  open(): void;
  send(bytes: Uint8Array): void;
  close(): void;
  failure(): Error | null;
}

/** Looks like a socket to `pg`; the first packet (startup) is answered here, the rest goes to the thread. */
class ProtocolStream extends Duplex {
  readonly #ports: StreamPorts;
  #started = false;

  constructor(ports: StreamPorts) {
    super();
    this.#ports = ports;
  }

  connect(): this {
    process.nextTick(() => {
      const failure = this.#ports.failure();
      if (failure === null) this.emit('connect');
      else this.destroy(failure);
    });
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#forward([chunk]);
    done();
  }

  // `pg` corks Parse, Bind, Describe, Execute and Sync: one message to the thread instead of five.
  override _writev(chunks: Array<{ chunk: Uint8Array }>, done: (error?: Error | null) => void): void {
    this.#forward(chunks.map((entry) => entry.chunk));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ports.close();
    done(error);
  }

  #forward(chunks: Uint8Array[]): void {
    if (this.#ports.failure() !== null) return;
    if (!this.#started) {
      this.#started = true;
      this.#ports.open();
      return;
    }
    const bytes = joinBytes(chunks.filter((chunk) => !isTerminate(chunk)));
    if (bytes.length > 0) this.#ports.send(bytes);
  }
}
