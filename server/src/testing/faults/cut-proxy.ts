import { connect, createServer, type Socket } from 'node:net';

/** A connection between two parts that a test may cut or hold up. */
export interface CutProxy {
  readonly port: number;
  /** Ends what is open, with a reset, and refuses what is new. */
  cut(): void;
  /** Passes nothing on, and says nothing: as a cable that was pulled. */
  stall(): void;
  /** New connections work again; what was stalled is ended, as by a time limit. */
  heal(): void;
  close(): Promise<void>;
}

/** Passes bytes on from a free loopback port to another one. */
export async function startCutProxy(targetPort: () => number): Promise<CutProxy> {
  let state: 'open' | 'cut' | 'stalled' = 'open';
  const pairs = new Set<readonly [Socket, Socket]>();
  const endAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  const server = createServer((client) => {
    if (state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const target = connect(targetPort(), '127.0.0.1');
    const pair = [client, target] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [target, client] as const]) {
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        if (state === 'stalled') return;
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      state = 'cut';
      endAll();
    },
    stall() {
      state = 'stalled';
    },
    heal() {
      if (state === 'stalled') endAll();
      state = 'open';
    },
    close() {
      state = 'cut';
      endAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
