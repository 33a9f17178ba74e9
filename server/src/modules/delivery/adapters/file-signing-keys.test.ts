import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSigningKeys } from './file-signing-keys.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cuepoint-keys-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('signing keys in a file', () => {
  it('are made once, even by two at a time, readable by the owner only, and stay', async () => {
    const [one, two] = await Promise.all([
      fileSigningKeys(directory).signingKeys(),
      fileSigningKeys(directory).signingKeys(),
    ]);
    expect(one).toEqual(two);
    expect(await fileSigningKeys(directory).signingKeys()).toEqual(one);
    expect(one).toMatchObject([{ state: 'active' }]);
    expect((await stat(join(directory, 'keys', 'tracking.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'keys'))).toEqual(['tracking.json']);
  });

  it('are never replaced when the file is damaged', async () => {
    await writeFile(join(directory, 'keys', 'tracking.json'), '{"keys": [');
    await expect(fileSigningKeys(directory).signingKeys()).rejects.toThrow('restore it from a backup');
  });
});
