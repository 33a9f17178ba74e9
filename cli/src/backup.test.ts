import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { type EventsVerification, exitCodes } from '@cuepoint/contract';
import { readLock } from '@cuepoint/server';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { cuepoint, scratchDirectory, spawnCuepoint, startCuepoint } from './testing/cli.ts';

/** The commands as an operator gives them, while the server has the embedded database open and after it is gone. */
const scratch = scratchDirectory();
const dataDir = scratch.path('data');
const file = scratch.path('nightly.backup');
const secret = scratch.path('passphrase');
writeFileSync(secret, 'correct horse battery staple\nsecond line\n', { mode: 0o600 });
const withPassphrase = ['--passphrase-file', secret];
let running: Awaited<ReturnType<typeof startCuepoint>> | null = null;

afterAll(async () => {
  await running?.stop();
  scratch.remove();
});

async function start(directory = dataDir): Promise<string> {
  running = await startCuepoint(directory);
  return running.welcome.publicUrl;
}

async function stop(): Promise<void> {
  expect(await running?.stop()).toBe(exitCodes.ok);
  running = null;
}

/** Each is a record in the node's log, whether it finds an ad or not. */
async function ask(origin: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answer = await fetch(`${origin}/vast?rid=drill-${i}`);
    expect(answer.ok).toBe(true);
    await answer.arrayBuffer();
  }
}

async function json<T>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await cuepoint(...words, '--json', '--quiet');
  expect(`${stderr}${code === 0 ? '' : stdout}`).toBe('');
  return JSON.parse(stdout) as T;
}

/** Records of the account that are counted, once there are as many as said. */
async function counted(records: number, directory = dataDir): Promise<EventsVerification> {
  for (const giveUpAt = Date.now() + 60_000; ; ) {
    const said = await json<EventsVerification>('events', 'verify', '--data-dir', directory);
    if (said.compared.records >= records || Date.now() > giveUpAt) return said;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// Each runs several commands as a stranger would, a process each, beside an installation that serves.
vi.setConfig({ testTimeout: 120_000 });

describe('a backup of a running installation', () => {
  it('is made and proved while it serves', async () => {
    const origin = await start();
    await ask(origin, 7);
    expect((await counted(7)).compared.records).toBe(7);
    const created = await json<{ id: string; rows: number; logPositions: object }>(
      'backup',
      'create',
      file,
      ...withPassphrase,
      '--with-files',
      '--data-dir',
      dataDir,
    );
    expect(Object.keys(created.logPositions)).toEqual(['node-1']);
    const verified = await json<{ id: string; recorded: boolean }>(
      'backup',
      'verify',
      file,
      ...withPassphrase,
      '--data-dir',
      dataDir,
    );
    expect(verified).toMatchObject({ id: created.id, recorded: true });
    // No player and no stranger gets at it.
    const { controlOrigin } = readLock(dataDir)!;
    for (const base of [origin, controlOrigin])
      expect([401, 404]).toContain((await fetch(`${base}/internal/backup/database`)).status);
  });

  it('refuses with a message and an exit code of its own', async () => {
    const here = ['--data-dir', dataDir];
    const wrong = scratch.path('wrong');
    writeFileSync(wrong, 'not that passphrase', { mode: 0o600 });
    const attempts: Array<[number, string, string[]]> = [
      [exitCodes.conflict, 'never replaces a file', ['create', file, ...withPassphrase]],
      [exitCodes.auth, 'does not open the keys', ['verify', file, '--passphrase-file', wrong]],
      [
        exitCodes.usage,
        'cannot be read (ENOENT)',
        ['verify', file, '--passphrase-file', scratch.path('none')],
      ],
      [exitCodes.notFound, 'there is no file', ['verify', scratch.path('none'), ...withPassphrase]],
      [exitCodes.blocked, 'no backup of this product', ['verify', secret, ...withPassphrase]],
      [exitCodes.conflict, 'is in use by process', ['restore', file, ...withPassphrase]],
      [exitCodes.usage, '--passphrase-file', ['verify', file]],
    ];
    for (const [code, message, words] of attempts) {
      const outcome = await cuepoint('backup', ...words, ...here);
      expect(outcome.stderr).toContain(message);
      expect(outcome.code, message).toBe(code);
    }
    chmodSync(wrong, 0o644);
    const open = await cuepoint('backup', 'verify', file, '--passphrase-file', wrong, ...here);
    expect(open.stderr).toContain('can be read by others');
  });

  it('brings a lost database back, and the log what came after it', async () => {
    const origin = running!.welcome.publicUrl;
    await ask(origin, 5);
    await counted(12);
    await stop();
    const restored = await spawnCuepoint(
      ['backup', 'restore', file, '--passphrase-file', '-', '--replace', '--data-dir', dataDir],
      { input: 'correct horse battery staple\n' },
    );
    expect(restored.stderr).not.toContain('error');
    expect(restored.code).toBe(exitCodes.ok);
    expect(restored.stdout).toContain('log of node-1');
    expect(restored.stdout).toContain('is counted on from there');
    await start();
    const said = await counted(12);
    expect(said).toMatchObject({ agrees: true, compared: { records: 12 }, differencesTotal: 0 });
    await stop();
  });

  it('makes an installation on a machine that has nothing, whose node goes on behind its lost log', async () => {
    const other = scratch.path('other');
    const restored = await json<{ logs: object[] }>(
      'backup',
      'restore',
      file,
      ...withPassphrase,
      '--data-dir',
      other,
    );
    expect(restored.logs).toMatchObject([{ node: 'node-1', state: 'begins_anew' }]);
    const again = await cuepoint('backup', 'restore', file, ...withPassphrase, '--data-dir', other);
    expect(again.code).toBe(exitCodes.conflict);
    expect(again.stderr).toContain('the database is not empty');
    const origin = await start(other);
    await ask(origin, 3);
    const said = await counted(3, other);
    expect(said).toMatchObject({ agrees: true, compared: { records: 3 } });
    expect(existsSync(`${other}/log/node-1/00000001.log`)).toBe(false);
    expect(readdirSync(`${other}/log/node-1`)).toEqual(['00000002.log']);
    await stop();
  });
});
