import { existsSync } from 'node:fs';
import { exitCodes } from '@cuepoint/contract';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { cuepoint, scratchDirectory } from './testing/cli.ts';

const scratch = scratchDirectory();
const dataDir = scratch.path('data');
const here = ['--data-dir', dataDir];
afterAll(scratch.remove);
afterEach(() => {
  vi.unstubAllEnvs();
  // Whatever a command got wrong, it was said before anything was made.
  expect(existsSync(dataDir)).toBe(false);
});

describe('usage', () => {
  it('suggests what was meant', async () => {
    const { code, stdout, stderr } = await cuepoint('supply-chian');
    expect(code).toBe(exitCodes.usage);
    expect(stdout).toBe('');
    expect(stderr).toContain("unknown command 'supply-chian'");
    expect(stderr).toContain('Did you mean supply-chain?');
    expect((await cuepoint('approve', '--creativ-id', 'x')).stderr).toContain('Did you mean --creative-id?');
  });

  it('answers failures as JSON too', async () => {
    const unknown = await cuepoint('supply-chian', '--json');
    expect(unknown.code).toBe(exitCodes.usage);
    expect(unknown.stderr).toBe('');
    expect(JSON.parse(unknown.stdout)).toEqual({
      code: 'cli.usage',
      detail: "unknown command 'supply-chian'",
      remedy: 'Did you mean supply-chain?',
    });
    const missing = await cuepoint('vast', '--json', ...here);
    expect(missing.code).toBe(exitCodes.usage);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      code: 'input.invalid',
      fields: [{ field: 'creativeId', message: 'missing: give --creative-id' }],
    });
  });

  it('helps on standard output, and shows the global flags with every command', async () => {
    const { code, stdout } = await cuepoint('demo', '--help');
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('--video');
    expect(stdout).toContain('--data-dir');
    expect(stdout).toContain('removed afterwards');
  });

  it('refuses a version that is none', async () => {
    const words = ['campaigns', 'set-status', 'cmp_01jcx9w2b8k3m5n7p9q1', 'active', '--if-match', 'three'];
    const { code, stderr } = await cuepoint(...words, ...here);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('--if-match is "three"');
  });

  it.each([
    [['demo', '--ads', '0'], '--ads is "0"; accepted: a whole number, 1 to 2000'],
    [['demo', '--brief', 'no-such.yaml'], 'brief is "no-such.yaml": there is no such file'],
    [['demo', '--video', 'no-such.mp4'], '--video is "no-such.mp4": there is no such file'],
    [['demo', 'briefs/a.yaml', '--brief', 'briefs/b.yaml'], 'two briefs were given'],
    [['reconcile', 'campaign'], 'campaign-id is "campaign"'],
  ])('%s is refused', async (words, message) => {
    const { code, stderr } = await cuepoint(...words, ...here);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain(message);
  });

  it('runs the demo only where the log is', async () => {
    const { code, stderr } = await cuepoint('demo', '--server', 'http://127.0.0.1:9', ...here);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('on the machine of the server');
  });

  it('says when a server does not answer', async () => {
    const { code, stderr } = await cuepoint('status', '--server', 'http://127.0.0.1:9');
    expect(code).toBe(exitCodes.upstream);
    expect(stderr).toContain('The server does not answer');
  });
});

describe('settings', () => {
  it('refuses a variable that is no setting', async () => {
    vi.stubEnv('CUEPOINT_DATABSE_URL', 'x');
    const { code, stderr } = await cuepoint('status', ...here);
    expect(code).toBe(exitCodes.config);
    expect(stderr).toContain('CUEPOINT_DATABSE_URL is no setting; did you mean CUEPOINT_DATABASE_URL?');
  });

  it('refuses split roles on the embedded database', async () => {
    const { code, stderr } = await cuepoint('start', '--role', 'control', ...here);
    expect(code).toBe(exitCodes.config);
    expect(stderr).toContain('split roles need a database that several processes can open');
    const asJson = await cuepoint('start', '--role', 'worker', '--json', ...here);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ code: 'cli.config' });
  });

  it('refuses a port and a role that are none, by name and value', async () => {
    const { code, stderr } = await cuepoint('start', '--port', '70000', '--role', 'everything', ...here);
    expect(code).toBe(exitCodes.config);
    expect(stderr).toContain('CUEPOINT_PUBLIC_PORT is "70000"');
    expect(stderr).toContain('CUEPOINT_ROLE is "everything"');
  });

  it('explains each: flags before the environment before defaults, secrets hidden', async () => {
    vi.stubEnv('CUEPOINT_DATA_DIR', '/somewhere/else');
    vi.stubEnv('LUMAAI_API_KEY', 'a-secret-of-somebody');
    const { code, stdout } = await cuepoint('config', 'explain', '--json', ...here);
    expect(code).toBe(exitCodes.ok);
    const byName = new Map(
      (JSON.parse(stdout) as Array<{ env: string; value: string; origin: string }>).map((row) => [
        row.env,
        row,
      ]),
    );
    expect(byName.get('CUEPOINT_DATA_DIR')).toMatchObject({ value: dataDir, origin: 'flag' });
    expect(byName.get('LUMAAI_API_KEY')).toMatchObject({ value: '(secret)', origin: 'environment' });
    expect(byName.get('CUEPOINT_PUBLIC_PORT')).toMatchObject({ value: '8787', origin: 'default' });
    const text = await cuepoint('config', 'explain', ...here);
    expect(text.stdout).toMatch(/CUEPOINT_DATA_DIR +.*data {2}\(flag\)/);
    expect(text.stdout + stdout).not.toContain('a-secret-of-somebody');
  });

  it('are checked by doctor without making anything', async () => {
    vi.stubEnv('CUEPOINT_PUBLIC_PORT', '0');
    const { code, stdout } = await cuepoint('doctor', '--json', ...here);
    expect(code).toBe(exitCodes.ok);
    const { checks } = JSON.parse(stdout) as {
      checks: Array<{ what: string; state: string; found: string }>;
    };
    expect(checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'node',
        'data directory',
        'disk',
        'ffmpeg',
        'server',
        'database',
        'public port',
      ]),
    );
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(checks.find(({ what }) => what === 'Luma')!.found).toContain('simulated');
  });
});
