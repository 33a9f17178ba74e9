import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENTS } from './device.fixture.ts';
import { DEVICE_TYPES, deviceType, readDevice } from './device.ts';

describe('readDevice', () => {
  it.each(AGENTS)('%s', (agent, type, os, osVersion, make, model) => {
    const { type: foundType, ...found } = readDevice(agent);
    const orNull = (text: string) => (text === '-' ? null : text);
    expect([foundType, found]).toEqual([
      type,
      { os: orNull(os), osVersion: orNull(osVersion), make: orNull(make), model: orNull(model) },
    ]);
    expect(deviceType(agent)).toBe(type);
  });

  it('has a table worth its name', () => {
    expect(AGENTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(AGENTS.map(([agent]) => agent)).size).toBe(AGENTS.length);
    expect(new Set(AGENTS.map(([, type]) => type))).toEqual(new Set(DEVICE_TYPES));
  });

  it('takes the model of a reduced agent from the hints', () => {
    const reduced =
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36';
    expect(readDevice(reduced, { model: '"Pixel 8"', platformVersion: '"14.0.0"', mobile: '?1' })).toEqual({
      type: 'phone',
      os: 'Android',
      osVersion: '14.0.0',
      make: 'Google',
      model: 'Pixel 8',
    });
    expect(readDevice(reduced.replace(' Mobile', ''), { model: '"BRAVIA 4K"', mobile: '?0' })).toMatchObject({
      type: 'ctv',
      os: 'Android TV',
      make: 'Sony',
    });
    const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36';
    expect(readDevice(windows, { platformVersion: '"15.0.0"' }).osVersion).toBe('11');
    expect(readDevice(windows, { platformVersion: '"10.0.0"' }).osVersion).toBe('10');
  });

  it('reads hints alone', () => {
    expect(readDevice('', { platform: '"Windows"', mobile: '?0' })).toMatchObject({
      type: 'desktop',
      os: 'Windows',
    });
    expect(readDevice('', { platform: '"Android"', mobile: '?1', model: '"SM-S911B"' })).toMatchObject({
      type: 'phone',
      os: 'Android',
      make: 'Samsung',
    });
    expect(readDevice('', { platform: '"__proto__"' })).toMatchObject({ type: 'unknown', os: null });
    expect(readDevice('', { model: `"${'x'.repeat(100)}"` }).model).toBeNull();
  });

  it('looks at the first 512 characters only', () => {
    expect(deviceType(`${'x'.repeat(520)} Roku/DVP-12.0`)).toBe('unknown');
    expect(deviceType(`${'x'.repeat(400)} Roku/DVP-12.0`)).toBe('ctv');
  });

  it('stays quick and declared on hostile agents', () => {
    const pieces = fc.constantFrom(
      'Android ',
      'Tizen ',
      'HbbTV/1 (',
      ';',
      'SMART-TV',
      ' TV',
      'Mobile',
      '(',
      ' ',
      '9',
      'LG',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 200 }).map((list) => list.join('')),
        ),
        (agent) => {
          expect(DEVICE_TYPES).toContain(readDevice(agent, { model: agent, platform: agent }).type);
        },
      ),
      { numRuns: 300 },
    );
    const started = performance.now();
    for (const piece of [
      'Android ',
      'Tizen ',
      'HbbTV/1.1 (',
      'SMART-TV ',
      'Android 9; a',
      'VIDAA/6 (Hisense;',
      ' ',
    ])
      for (let round = 0; round < 20; round++) readDevice(piece.repeat(200) + round);
    expect((performance.now() - started) / 140).toBeLessThan(5);
  });
});
