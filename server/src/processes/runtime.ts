import type { Config } from '../config.ts';

/** Everything a child process is told when it starts; nothing of it is in its arguments. */
export interface Runtime {
  config: Config;
  /** Address people and players use, without a trailing slash. */
  publicUrl: string;
  publicPort: number;
  controlPort: number;
  controlOrigin: string;
  deliveryInternalPort: number;
  /** Internal addresses of the delivery nodes; where one is a child of the supervisor, it comes first. */
  deliveryOrigins: readonly string[];
  planeKey: string;
  sandbox: SandboxAddresses | null;
}

export interface SandboxAddresses {
  address: string;
  lumaBaseUrl: string;
  amazonBaseUrl: string;
  amazonTokenUrl: string;
}

/** Child to parent, once it serves. */
export interface ReadyMessage {
  ready: true;
  details: Record<string, unknown>;
}

/** Waits for the parent's instructions; a child without a parent has none. */
export function receiveRuntime(): Promise<Runtime> {
  return new Promise((resolve, reject) => {
    if (!process.send) {
      reject(new Error('this process is started by cuepoint start, not by hand'));
      return;
    }
    process.once('message', (message) => resolve(message as Runtime));
  });
}

/** Runs `close` once on SIGTERM, SIGINT or when the parent is gone, then exits. */
export function closeOnSignal(close: () => Promise<void>, limitMs: number): void {
  let closing = false;
  const stop = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), limitMs).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`shutdown: ${(error as Error).message}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}
