import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ConfigError, type ConfigSources, loadConfig, needsSandbox, settings } from './config.ts';

const workingDir = mkdtempSync(join(tmpdir(), 'cuepoint-config-'));
const file = join(workingDir, 'cuepoint.yaml');
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(workingDir, { recursive: true, force: true }));

const load = (sources: ConfigSources = {}) => loadConfig({ env: {}, workingDir, ...sources });
function problems(sources: ConfigSources): string[] {
  try {
    load(sources);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const shown = (sources: ConfigSources, key: string) =>
  load(sources).explained.find((entry) => entry.key === key)!;

describe('settings', () => {
  it('all have a default that works with no key and no server', () => {
    const { config, explained } = load();
    expect(config.dataDir).toBe(join(workingDir, 'data'));
    expect(config.databaseUrl).toBe(`pglite:${join(workingDir, 'data', 'database')}`);
    expect(config.role).toBe('all');
    expect(needsSandbox(config)).toBe(true);
    expect(explained.map(({ key }) => key)).toEqual(Object.keys(settings));
    expect(explained.every(({ origin }) => origin === 'default')).toBe(true);
  });

  it('come from flags before environment before file before default', () => {
    writeFileSync(file, 'publicPort: 3\naccountName: From file\n');
    const env = { CUEPOINT_PUBLIC_PORT: '2' };
    expect(shown({ env, flags: { publicPort: 1 } }, 'publicPort')).toMatchObject({
      value: '1',
      origin: 'flag',
    });
    expect(shown({ env }, 'publicPort')).toMatchObject({ value: '2', origin: 'environment' });
    expect(shown({}, 'publicPort')).toMatchObject({ value: '3', origin: 'file' });
    expect(shown({}, 'accountName')).toMatchObject({ value: 'From file', origin: 'file' });
    rmSync(file);
    expect(shown({}, 'publicPort')).toMatchObject({ value: '8787', origin: 'default' });
    // An empty variable, as shells leave it, is none.
    expect(shown({ env: { CUEPOINT_PUBLIC_PORT: '' } }, 'publicPort').origin).toBe('default');
  });

  it('choose the place headers of a network by its name, and no other', () => {
    expect(load().config.geoHeaders).toBe('none');
    expect(load({ env: { CUEPOINT_GEO_HEADERS: 'cloudfront' } }).config.geoHeaders).toBe('cloudfront');
    const [problem] = problems({ env: { CUEPOINT_GEO_HEADERS: 'akamai' } });
    expect(problem).toContain('CUEPOINT_GEO_HEADERS is "akamai"');
    expect(problem).toContain('cloudfront');
  });

  it('may lie in a file of their own', () => {
    const secret = join(workingDir, 'key');
    writeFileSync(secret, 'luma-0123456789\n');
    expect(load({ env: { LUMAAI_API_KEY_FILE: secret } }).config.lumaApiKey).toBe('luma-0123456789');
    const missing = join(workingDir, 'none');
    expect(problems({ env: { CUEPOINT_PLANE_KEY_FILE: missing } })).toEqual([
      `CUEPOINT_PLANE_KEY_FILE is "${missing}": the file cannot be read`,
    ]);
  });

  it('that are secret are never shown, right or wrong', () => {
    const secrets = Object.entries(settings).filter(([, setting]) => 'secret' in setting);
    const addresses: Record<string, string> = {
      databaseUrl: 'postgres://me:hunter2@db.example/x',
      otlpEndpoint: 'https://me:hunter2@collector.example',
      smtpUrl: 'smtp://me:hunter2@mail.example',
      redisUrl: 'redis+cluster://me:hunter2@a.example,b.example:7000',
    };
    expect(secrets.length).toBeGreaterThanOrEqual(7);
    for (const [key, { env }] of secrets) {
      const value = addresses[key] ?? `hunter2-${'x'.repeat(40)}`;
      expect(shown({ env: { [env]: value } }, key).value).toBe('(secret)');
      const [problem] = problems({ env: { [env]: 'hunt' } });
      expect(problem, env).toContain(env);
      expect(problem).not.toContain('"hunt"');
    }
  });

  it.each([
    ['CUEPOINT_PORT', 'CUEPOINT_PUBLIC_PORT'],
    ['CUEPOINT_DATADIR', 'CUEPOINT_DATA_DIR'],
    ['CUEPOINT_LOGLEVEL', 'CUEPOINT_LOG_LEVEL'],
    ['CUEPOINT_ADMIN_MAIL', 'CUEPOINT_ADMIN_EMAIL'],
    ['CUEPOINT_ROEL', 'CUEPOINT_ROLE'],
  ])('%s is unknown, and %s meant', (wrong, right) => {
    expect(problems({ env: { [wrong]: 'x' } })).toEqual([`${wrong} is no setting; did you mean ${right}?`]);
  });

  it('that are unlike any other are unknown without a guess; other names are not ours', () => {
    expect(problems({ env: { CUEPOINT_XYZZY: '1' } })).toEqual([
      'CUEPOINT_XYZZY is no setting; see cuepoint config explain',
    ]);
    expect(problems({ env: { SOMETHING_ELSE: '1', PATH: '/bin' } })).toEqual([]);
  });

  it('that do not fit are all named at once, with their value and what is accepted', () => {
    const found = problems({
      env: {
        CUEPOINT_PUBLIC_PORT: '99999',
        CUEPOINT_ROLE: 'leader',
        CUEPOINT_PUBLIC_URL: 'ads.example',
        CUEPOINT_DATABASE_URL: 'mysql://x',
        CUEPOINT_DEMO_DATA: 'perhaps',
        CUEPOINT_NODE_ID: 'Node 1',
      },
    });
    expect(found).toHaveLength(6);
    const text = found.join('\n');
    expect(text).toContain('CUEPOINT_PUBLIC_PORT is "99999"');
    expect(text).toContain('CUEPOINT_ROLE is "leader"');
    expect(text).toMatch(/CUEPOINT_ROLE.*"all"/);
    expect(text).toContain('CUEPOINT_DATABASE_URL: expected pglite:<directory> or postgres://');
    expect(text).not.toContain('mysql');
    expect(text).toContain('CUEPOINT_NODE_ID is "Node 1": expected lower-case letters');
  });

  it('in a project file are checked as strictly', () => {
    const of = (text: string) => {
      writeFileSync(file, text);
      return problems({});
    };
    expect(of('publicPrt: 1\nconstructor: 2\n')).toEqual([
      'cuepoint.yaml: publicPrt is no setting; see cuepoint config explain',
      'cuepoint.yaml: constructor is no setting; see cuepoint config explain',
    ]);
    expect(of('publicPort: [')[0]).toMatch(/^cuepoint.yaml cannot be read: /);
    expect(of('- a\n')).toEqual(['cuepoint.yaml must hold settings as "name: value" lines.']);
    expect(of('')).toEqual([]);
  });

  it('of platforms count only when all of them are there', () => {
    const luma = { LUMAAI_API_KEY: 'luma-key-0123' };
    const amazon = {
      AMAZON_ADS_CLIENT_ID: 'client-id-1',
      AMAZON_ADS_CLIENT_SECRET: 'client-secret',
      AMAZON_ADS_REFRESH_TOKEN: 'refresh-token',
      AMAZON_ADS_ACCOUNT_ID: 'account',
    };
    expect(needsSandbox(load({ env: { ...luma, ...amazon } }).config)).toBe(true);
    const whole = { ...luma, ...amazon, AMAZON_ADS_CATEGORY_IDS: 'a, b' };
    const { config } = load({ env: whole });
    expect(config.amazonCategoryIds).toEqual(['a', 'b']);
    expect(needsSandbox(config)).toBe(false);
  });
});
