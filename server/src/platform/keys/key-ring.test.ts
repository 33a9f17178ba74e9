import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadKeyRing, rotateTrackingKey } from './key-ring.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cuepoint-keys-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('makes keys once, for the owner only', () => {
  const first = loadKeyRing(dir);
  expect(loadKeyRing(dir)).toEqual(first);
  expect(statSync(join(dir, 'keys.json')).mode & 0o777).toBe(0o600);
});

it('keeps old tracking keys for verifying when a new one is made', () => {
  const before = loadKeyRing(dir);
  const after = rotateTrackingKey(dir);
  expect(after.tracking.map((key) => [key.kid, key.state])).toEqual([
    ['k2', 'active'],
    ['k1', 'verifying'],
  ]);
  expect(after.tracking[1]!.secret).toBe(before.tracking[0]!.secret);
  expect(after.plane).toBe(before.plane);
});

it('refuses a damaged file by name', () => {
  writeFileSync(join(dir, 'keys.json'), '{');
  expect(() => loadKeyRing(dir)).toThrow(/keys\.json/);
});
