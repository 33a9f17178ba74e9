import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The floor: node:http and nothing else. Answers the body it is sent over IPC, whatever is asked. */
process.once('message', (message) => {
  const { body, type } = message as { body: string; type: string };
  const bytes = Buffer.from(body, 'base64');
  const headers = ['Content-Type', type, 'Content-Length', String(bytes.length), 'Cache-Control', 'no-store'];
  const server = createServer({ keepAliveTimeout: 65_000 }, (_request, response) => {
    response.writeHead(200, headers);
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});
process.on('disconnect', () => process.exit(0));
