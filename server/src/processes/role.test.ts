import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../config.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { runRole } from './role.ts';

const log = createLogger('test', 'silent');
const key = 'k'.repeat(32);
const postgres = 'postgres://cuepoint@127.0.0.1:1/none';

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig({ env, workingDir: '/nonexistent' });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('planes that run apart', () => {
  it.each(['control', 'worker'])('%s does not share an embedded database', (role) => {
    const [problem] = problemsOf({ CUEPOINT_ROLE: role, CUEPOINT_PLANE_KEY: key });
    expect(problem).toContain(`CUEPOINT_ROLE is "${role}"`);
    expect(problem).toContain('CUEPOINT_DATABASE_URL to postgres://');
    expect(problem).toContain('--role all');
  });

  it('delivery needs no database, but the address of the control plane and the shared key', () => {
    expect(problemsOf({ CUEPOINT_ROLE: 'delivery', CUEPOINT_PLANE_KEY: key })[0]).toContain(
      'CUEPOINT_CONTROL_ORIGIN',
    );
    const origin = { CUEPOINT_ROLE: 'delivery', CUEPOINT_CONTROL_ORIGIN: 'http://control.example' };
    expect(problemsOf(origin)[0]).toContain('CUEPOINT_PLANE_KEY');
    expect(problemsOf({ ...origin, CUEPOINT_PLANE_KEY: key })).toEqual([]);
    expect(problemsOf({ ...origin, CUEPOINT_PLANE_KEY: 'short' })[0]).toBe(
      'CUEPOINT_PLANE_KEY: expected at least 32 characters',
    );
  });

  it('control reads a list of nodes, and names one that is no address', () => {
    const origins = (text: string) => ({ CUEPOINT_DELIVERY_ORIGINS: text });
    const read = loadConfig({
      env: origins('http://10.0.0.5:4701, http://10.0.0.6:4701'),
      workingDir: '/nonexistent',
    });
    expect(read.config.deliveryOrigins).toEqual(['http://10.0.0.5:4701', 'http://10.0.0.6:4701']);
    expect(problemsOf(origins('http://10.0.0.5:4701,10.0.0.6'))[0]).toMatch(
      /CUEPOINT_DELIVERY_ORIGINS is ".*": expected addresses such as/,
    );
  });

  it('control says what it does not know before it touches anything', async () => {
    const env = { CUEPOINT_ROLE: 'control', CUEPOINT_PLANE_KEY: key, CUEPOINT_DATABASE_URL: postgres };
    const without = loadConfig({ env, workingDir: '/nonexistent' }).config;
    await expect(runRole(without, log)).rejects.toThrow(/CUEPOINT_PUBLIC_URL is missing/);
    const withUrl = loadConfig({
      env: { ...env, CUEPOINT_PUBLIC_URL: 'https://ads.example' },
      workingDir: '/nonexistent',
    }).config;
    await expect(runRole(withUrl, log)).rejects.toThrow(/CUEPOINT_DELIVERY_ORIGINS is missing/);
  });
});
