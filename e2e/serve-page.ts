import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page with one script beside it, on an origin of its own, as a publisher's is. */
export async function servePage(
  html: string,
  script: { readonly path: string; readonly source: string | Buffer },
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const isScript = request.url === script.path;
    if (!isScript && request.url !== '/') {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(isScript ? script.source : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
