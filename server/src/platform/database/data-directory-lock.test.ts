import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, startChild } from '../../testing/child.ts';
import { acquireDataDirectoryLock, DataDirectoryLockedError, readLock } from './data-directory-lock.ts';

const holder = new URL('./lock-holder.child.ts', import.meta.url);

describe('data directory lock', () => {
  let directory: string;
  const children: Child[] = [];
  const start = (...args: string[]): Child => {
    const child = startChild(holder, [directory, ...args]);
    children.push(child);
    return child;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cuepoint-lock-'));
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    rmSync(directory, { recursive: true, force: true });
  });

  it('tells other commands where the server is, in a file only its owner reads', () => {
    const lock = acquireDataDirectoryLock(directory);
    expect(readLock(directory)).toMatchObject({ pid: process.pid, address: null, token: lock.token });
    lock.publish('http://127.0.0.1:8080');
    expect(readLock(directory)).toMatchObject({ address: 'http://127.0.0.1:8080', token: lock.token });
    expect(lock.token.length).toBeGreaterThanOrEqual(43);
    expect(statSync(join(directory, 'cuepoint.lock')).mode & 0o777).toBe(0o600);
    lock.release();
    lock.release();
    expect(readLock(directory)).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    expect(() => lock.publish('http://127.0.0.1:1')).toThrow('was released');
  });

  it('refuses a second holder of the same process and can be taken again after release', () => {
    const lock = acquireDataDirectoryLock(directory);
    expect(() => acquireDataDirectoryLock(directory)).toThrow(DataDirectoryLockedError);
    lock.release();
    acquireDataDirectoryLock(directory).release();
  });

  it('refuses while another process lives, naming it and its address, and takes over once it is dead', async () => {
    const child = start('http://127.0.0.1:9999');
    await child.waitFor((line) => line.startsWith('held'));
    expect(readLock(directory)).toMatchObject({ pid: child.process.pid, address: 'http://127.0.0.1:9999' });
    expect(() => acquireDataDirectoryLock(directory)).toThrow(
      new RegExp(`in use by process ${child.process.pid} since .*; it answers at http://127.0.0.1:9999`),
    );
    await child.kill();
    expect(readLock(directory)).toBeNull();
    const lock = acquireDataDirectoryLock(directory);
    expect(readLock(directory)?.pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not mistake another process with a reused id for the holder', () => {
    acquireDataDirectoryLock(directory);
    const path = join(directory, 'cuepoint.lock');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    file.holder.startMark = 'an earlier boot:1';
    writeFileSync(path, JSON.stringify(file));
    expect(readLock(directory)).toBeNull();
    acquireDataDirectoryLock(directory).release();
  });

  it('believes a holder it cannot see while it gives signs of life', () => {
    acquireDataDirectoryLock(directory);
    const path = join(directory, 'cuepoint.lock');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    file.holder.realm = 'another machine';
    writeFileSync(path, JSON.stringify(file));
    expect(() => acquireDataDirectoryLock(directory)).toThrow(DataDirectoryLockedError);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    acquireDataDirectoryLock(directory).release();
  });

  it('goes on when the process that was taking over died in the middle', async () => {
    const dead = start();
    await dead.waitFor((line) => line.startsWith('held'));
    await dead.kill();
    const path = join(directory, 'cuepoint.lock');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    // What a rival leaves that claimed the dead lock and was killed before it replaced it.
    const claim = { ...file, token: 'claimant' };
    writeFileSync(join(directory, `cuepoint.lock.claim-${file.token}`), JSON.stringify(claim));
    const lock = acquireDataDirectoryLock(directory);
    expect(readLock(directory)?.pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('lets exactly one of several rivals take over a dead lock', async () => {
    const dead = start();
    await dead.waitFor((line) => line.startsWith('held'));
    await dead.kill();
    const startAt = String(Date.now() + 2_500);
    const rivals = Array.from({ length: 5 }, () => start('-', startAt));
    const outcomes = await Promise.all(
      rivals.map((rival) => rival.waitFor((line) => /^(held|refused)/.test(line))),
    );
    expect(outcomes.filter((outcome) => outcome.startsWith('held'))).toHaveLength(1);
    const winner = outcomes.find((outcome) => outcome.startsWith('held'))?.split(' ')[1];
    expect(readLock(directory)?.pid).toBe(Number(winner));
  });

  it('says so when the lock file is not a lock', () => {
    writeFileSync(join(directory, 'cuepoint.lock'), 'something else');
    expect(() => acquireDataDirectoryLock(directory)).toThrow(/cuepoint\.lock is not readable as a lock/);
  });
});
