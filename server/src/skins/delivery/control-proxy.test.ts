import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ControlProxy } from './control-proxy.ts';
import { DeliveryError } from './problems.ts';
import { call, postJson } from './testing/call.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const listening = async <T extends Pick<Server, 'listen' | 'address' | 'close'>>(
  server: T,
): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
};

/** A control plane that answers one request on each connection, and hangs up when a second one comes on it. */
async function forgetfulControl(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    let isAsked = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (isAsked) {
        socket.resetAndDestroy();
        return;
      }
      isAsked = true;
      asked.push(chunk.toString('latin1').split(' HTTP', 1)[0]!);
      socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  return { port: await listening(server), asked };
}

/** A public port of nothing but the proxy. */
async function proxyTo(controlPort: number): Promise<number> {
  const proxy = new ControlProxy(`http://127.0.0.1:${controlPort}`, () => false);
  open.push(proxy);
  return listening(
    createHttpServer((request, response) => {
      proxy.forward(request, response, 'req_1').catch((error: unknown) => {
        response.writeHead(error instanceof DeliveryError ? 503 : 500).end();
      });
    }),
  );
}

describe('a connection to the control plane that was closed while it was kept', () => {
  it('does not fail what can be asked again', async () => {
    const { port, asked } = await forgetfulControl();
    const front = await proxyTo(port);
    for (const path of ['/one', '/two', '/three', '/four']) {
      const { status, body } = await call(front, path);
      expect([path, status, body]).toEqual([path, 200, 'ok']);
    }
    expect(asked).toEqual(['GET /one', 'GET /two', 'GET /three', 'GET /four']);
  });

  it('fails what may have been done already, and does not do it twice', async () => {
    const { port, asked } = await forgetfulControl();
    const front = await proxyTo(port);
    expect((await call(front, '/one')).status).toBe(200);
    expect((await postJson(front, '/two', { a: 1 })).status).toBe(503);
    expect(asked).toEqual(['GET /one']);
  });
});

it('a control plane that is away is said to be away', async () => {
  const { port } = await forgetfulControl();
  open.pop()!.close();
  expect((await call(await proxyTo(port), '/one')).status).toBe(503);
});

it('an answer that is silent for longer than a connection is kept idle goes on', async () => {
  const port = await listening(
    createHttpServer((_request, response) => {
      response.write('first ');
      setTimeout(() => response.end('last'), 4500);
    }),
  );
  expect((await call(await proxyTo(port), '/api/v1/live')).body).toBe('first last');
});
