import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface SandboxProcess {
  address: string;
  /** `127.0.0.1:4010`, for the http client's allow list. */
  hostAndPort: string;
  lumaBaseUrl: string;
  amazonBaseUrl: string;
  amazonTokenUrl: string;
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** The stand-in servers as users have them: a process of their own, spoken to over HTTP only. */
export async function startSandboxProcess(flags: readonly string[] = []): Promise<SandboxProcess> {
  const main = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));
  const child = fork(main, [...flags], {
    execArgv: ['--import', 'tsx', '--conditions=@cuepoint/source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<
    Record<'address' | 'lumaBaseUrl' | 'amazonBaseUrl' | 'amazonTokenUrl', string>
  >((resolve, reject) => {
    child.once('message', (message) =>
      resolve(message as Parameters<typeof resolve>[0] & Record<string, string>),
    );
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}: ${complaints}`)));
  });
  return {
    ...ready,
    hostAndPort: new URL(ready.address).host,
    async control(method, path, body) {
      const answer = await fetch(`${ready.address}/__sandbox${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = (await answer.json()) as Record<string, unknown>;
      if (!answer.ok) throw new Error(`sandbox control ${method} ${path}: ${JSON.stringify(json)}`);
      return json;
    },
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
