import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';

let app: ControlApp;
beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['viewer'] });
});
afterAll(() => app?.close());

const get = (query: string) =>
  fetch(`${app.origin}/api/v1/reports/delivery/file?${query}`, {
    headers: { Authorization: `Bearer ${app.tenants[0].keys.viewer}` },
  });

it('answers a file as such to who asks for a download, and else as an object that holds it', async () => {
  const object = (await (await get('dimensions=day&format=csv')).json()) as { content: string };
  const file = await get('dimensions=day&format=csv&download=true');
  expect(file.status).toBe(200);
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(file.headers.get('content-disposition')).toMatch(
    /^attachment; filename="delivery-day-[\d-]+\.csv"$/,
  );
  expect(file.headers.get('cache-control')).toBe('no-store');
  expect(await file.text()).toBe(object.content);
  const book = Buffer.from(await (await get('format=xlsx&download=true')).arrayBuffer());
  expect(book.subarray(0, 2).toString('latin1')).toBe('PK');
});

it('refuses a download as any other request', async () => {
  const refused = await get('dimensions=moon&download=true');
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  const stranger = await fetch(`${app.origin}/api/v1/reports/delivery/file?download=true`);
  expect(stranger.status).toBe(401);
});
