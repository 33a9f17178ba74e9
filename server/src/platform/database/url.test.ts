import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DatabaseUrlError, maskDatabaseUrl, openDatabase, parseDatabaseUrl } from './index.ts';

describe('database url', () => {
  it('names an embedded directory, memory or a server', () => {
    expect(parseDatabaseUrl('pglite:./data')).toEqual({ kind: 'directory', directory: resolve('data') });
    expect(parseDatabaseUrl('pglite:///var/lib/cuepoint')).toEqual({
      kind: 'directory',
      directory: '/var/lib/cuepoint',
    });
    expect(parseDatabaseUrl('pglite:memory')).toEqual({ kind: 'memory' });
    const connectionString = 'postgresql://u:p@db.example:5432/cuepoint?sslmode=require';
    expect(parseDatabaseUrl(connectionString)).toEqual({ kind: 'postgres', connectionString });
  });

  it.each(['', 'mysql://x', 'pglite:', 'postgres://host:notaport/x', './data'])('refuses "%s"', (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(DatabaseUrlError);
    expect(() => parseDatabaseUrl(url)).toThrow(
      /accepted are pglite:<directory>, pglite:memory and postgres:/,
    );
  });

  it('never shows a password', async () => {
    expect(maskDatabaseUrl('postgres://u:secret@h/d')).toBe('postgres://u:***@h/d');
    const unreachable = openDatabase({ url: 'postgres://u:secret@127.0.0.1:1/d', connectionTimeoutMs: 500 });
    const error = await unreachable.catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/the database at postgres:\/\/u:\*\*\*@127\.0\.0\.1:1\/d cannot be used/);
    expect(String(error)).not.toContain('secret');
  });
});
