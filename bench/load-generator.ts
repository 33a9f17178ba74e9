/**
 * Load in a process of its own, driven over IPC: HTTP/1.1 over keep-alive sockets, one request at a time on each.
 * Closed loop (`rate` null) asks for the maximum. Open loop sends at a constant rate whatever the server does, and an
 * arrival that found every connection busy is timed from when it was due, so a stall is charged to every request it held
 * up (no coordinated omission). A late wake-up of this process while a connection was free is not the server's.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Latencies } from './latencies.ts';

export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly warmMs: number;
  readonly runMs: number;
  /** Requests a second; null for as many as the server answers. */
  readonly rate: number | null;
  /** One path a line; walked in a circle, on from where the last order with this file stopped. */
  readonly pathsFile: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly notOk: number;
  /** The first of them: what was asked and how the answer begins. */
  readonly firstNotOk: string | null;
  readonly connectionErrors: number;
  readonly bytesPerAnswer: number;
}

const pathLists = new Map<string, { paths: string[]; next: number }>();

class Connection {
  readonly #socket: Socket;
  readonly #onAnswer: (connection: Connection, ok: boolean, bytes: number) => void;
  #asked = '';
  #begins = '';
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #expected = 0;
  #ok = false;
  startedAt = 0;
  isBusy = false;

  constructor(port: number, onAnswer: Connection['run'], onError: () => void) {
    this.run = onAnswer;
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', onError);
    this.#socket.on('data', (data) => this.#take(data));
  }

  readonly run: (connection: Connection, ok: boolean, bytes: number) => void;

  send(text: string, startedAt: number): void {
    this.isBusy = true;
    this.startedAt = startedAt;
    this.#asked = text;
    this.#socket.write(text, 'latin1');
  }

  /** Of an answer that was not 200. */
  get exchange(): string {
    return `${this.#asked.split('\r\n', 1)[0]} -> ${this.#begins}`;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    // A server that closes a connection that was never used says so first: that answers nothing, and it is not used then.
    if (!this.isBusy) {
      this.isBusy = true;
      return;
    }
    this.#pendingBytes += data.length;
    if (this.#expected === 0) {
      this.#pending.push(data);
      const head = this.#pending.length === 1 ? data : Buffer.concat(this.#pending);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = head.toString('latin1', 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined) throw new Error('an answer without Content-Length cannot be measured');
      this.#ok = text.startsWith('HTTP/1.1 200');
      if (!this.#ok) this.#begins = head.toString('latin1', 0, 1000);
      this.#expected = end + 4 + Number(length);
      this.#pending = [];
    }
    if (this.#pendingBytes < this.#expected) return;
    const bytes = this.#expected;
    this.#expected = 0;
    this.#pendingBytes = 0;
    this.isBusy = false;
    this.#onAnswer(this, this.#ok, bytes);
  }
}

function run(order: LoadOrder): Promise<LoadReport> {
  let list = pathLists.get(order.pathsFile);
  if (!list) {
    list = { paths: readFileSync(order.pathsFile, 'utf8').trim().split('\n'), next: 0 };
    pathLists.set(order.pathsFile, list);
  }
  const { paths } = list;
  const tail = ` HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(order.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
  const nextRequest = () => {
    const path = paths[list.next]!;
    list.next = (list.next + 1) % paths.length;
    return `GET ${path}${tail}`;
  };
  const latencies = new Latencies();
  let notOk = 0;
  let firstNotOk: string | null = null;
  let connectionErrors = 0;
  let bytes = 0;
  let isStopped = false;
  const begin = performance.now();
  const measureFrom = begin + order.warmMs;
  const end = measureFrom + order.runMs;
  const free: Connection[] = [];
  /** Due times of arrivals that found no free connection. */
  const overdue: number[] = [];
  let overdueHead = 0;

  const onAnswer = (connection: Connection, ok: boolean, size: number) => {
    const now = performance.now();
    if (now >= measureFrom && now < end) {
      latencies.add(now - connection.startedAt);
      bytes += size;
      if (!ok) notOk++;
      if (!ok) firstNotOk ??= connection.exchange;
    }
    if (isStopped) return;
    if (order.rate === null) connection.send(nextRequest(), performance.now());
    else if (overdueHead < overdue.length) connection.send(nextRequest(), overdue[overdueHead++]!);
    else free.push(connection);
  };
  const connections = Array.from(
    { length: order.connections },
    () => new Connection(order.port, onAnswer, () => connectionErrors++),
  );
  return new Promise((resolve) => {
    const finish = () => {
      isStopped = true;
      for (const connection of connections) connection.close();
      // Arrivals still waiting at the end were never answered: they count with the time they had waited.
      for (let n = overdueHead; n < overdue.length; n++) latencies.add(performance.now() - overdue[n]!);
      resolve({
        requests: latencies.count,
        perSecond: latencies.count / (order.runMs / 1000),
        p50Ms: latencies.quantile(0.5),
        p99Ms: latencies.quantile(0.99),
        p999Ms: latencies.quantile(0.999),
        maxMs: latencies.max,
        notOk,
        firstNotOk,
        connectionErrors,
        bytesPerAnswer: Math.round(bytes / Math.max(1, latencies.count)),
      });
    };
    if (order.rate === null) {
      for (const connection of connections) connection.send(nextRequest(), performance.now());
      setTimeout(finish, end - performance.now());
      return;
    }
    free.push(...connections);
    const rate = order.rate;
    let arrivals = 0;
    const turn = () => {
      const now = performance.now();
      if (now >= end) return finish();
      const due = Math.floor(((now - begin) * rate) / 1000);
      for (; arrivals < due; arrivals++) {
        const connection = free.pop();
        if (connection) connection.send(nextRequest(), performance.now());
        else overdue.push(begin + (arrivals * 1000) / rate);
      }
      setTimeout(turn, 0);
    };
    turn();
  });
}

process.on('message', (order) => {
  run(order as LoadOrder).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit(0));
