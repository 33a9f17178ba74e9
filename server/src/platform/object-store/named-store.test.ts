import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLocalNamedStore } from './named-store.ts';

const root = mkdtempSync(join(tmpdir(), 'cuepoint-named-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a named store', () => {
  it('puts files whole, replaces, lists by folder, and removes', async () => {
    const store = openLocalNamedStore(join(root, 'one'));
    expect(await store.list('a')).toEqual([]);
    expect(await store.read('a/none')).toBeNull();
    const draft = await store.draft();
    writeFileSync(draft, 'first');
    await store.put('a/b=1/x.parquet', draft);
    await store.write('a/b=1/x.parquet', 'second, longer');
    await store.write('c/y', 'other');
    expect(await store.list('a')).toEqual([{ key: 'a/b=1/x.parquet', sizeBytes: 14 }]);
    expect(readFileSync(store.pathOf('a/b=1/x.parquet'), 'utf8')).toBe('second, longer');
    expect(readdirSync(join(root, 'one', '.incoming'))).toEqual([]);
    await store.remove('a/b=1/x.parquet');
    await store.remove('a/b=1/x.parquet');
    expect(await store.list('a')).toEqual([]);
  });

  it('sweeps what a crash left on its way in a day ago', async () => {
    const folder = join(root, 'three');
    const [old, young] = [
      await openLocalNamedStore(folder).draft(),
      await openLocalNamedStore(folder).draft(),
    ];
    for (const path of [old, young]) writeFileSync(path, 'half');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    utimesSync(old, yesterday, yesterday);
    await openLocalNamedStore(folder).draft();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('takes no key that leads out of it, or to what is on its way in', () => {
    const store = openLocalNamedStore(join(root, 'two'));
    for (const key of [
      '../x',
      'a/../../x',
      '/etc/passwd',
      'a//b',
      '',
      '.incoming/x',
      'a/.x',
      'a\\b',
      'a/b\0',
    ])
      expect(() => store.pathOf(key), key).toThrow('is no key');
  });
});
