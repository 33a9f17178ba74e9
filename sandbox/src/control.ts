import type { VirtualClock } from './clock.ts';
import type { Counters } from './counters.ts';
import { type Fault, type FaultBook, faultKinds } from './faults.ts';
import { type Answer, type Asked, jsonObject } from './http.ts';
import type { Platform } from './platform.ts';

export interface ControlParts {
  platforms: readonly Platform[];
  clock: VirtualClock;
  faults: FaultBook;
  counters: Counters;
  clearJournal: () => void;
}

const ok = (json: unknown): Answer => ({ status: 200, json });
const bad = (message: string): Answer => ({ status: 400, json: { message } });

/** `/__sandbox/...`: what a test or a demo may ask of the stand-ins themselves. Never counted as platform traffic. */
export function createControl(parts: ControlParts): (asked: Asked) => Promise<Answer> {
  const { platforms, clock, faults, counters } = parts;
  const clockView = () => ({ nowMs: Math.round(clock.nowMs()), speed: clock.speed() });
  const names = platforms.map((platform) => platform.name);
  return async (asked) => {
    switch (`${asked.method} ${asked.path}`) {
      case 'GET /health':
        return ok({ status: 'ok', platforms: names });
      case 'GET /state':
        return ok(Object.fromEntries(platforms.map((platform) => [platform.name, platform.state()])));
      case 'GET /counters':
        return ok(counters.read());
      case 'DELETE /counters':
        counters.clear();
        return ok(counters.read());
      case 'GET /faults':
        return ok({ faults: faults.list() });
      case 'DELETE /faults':
        faults.clear();
        return ok({ faults: [] });
      case 'POST /faults': {
        const fault = readFault(await jsonObject(asked), names);
        if (typeof fault === 'string') return bad(fault);
        faults.add(fault);
        return ok({ faults: faults.list() });
      }
      case 'GET /clock':
        return ok(clockView());
      case 'POST /clock': {
        const body = (await jsonObject(asked)) ?? {};
        const { speed, advanceMs } = body;
        if (speed !== undefined && !inRange(speed, 0, 100_000))
          return bad('speed: expected a number from 0 to 100000');
        if (advanceMs !== undefined && !inRange(advanceMs, 0, 1e12))
          return bad('advanceMs: expected milliseconds of at least 0');
        if (typeof speed === 'number') clock.setSpeed(speed);
        if (typeof advanceMs === 'number') clock.advance(advanceMs);
        return ok(clockView());
      }
      case 'POST /reset':
        for (const platform of platforms) platform.reset();
        faults.clear();
        counters.clear();
        parts.clearJournal();
        return ok({ status: 'reset' });
      default:
        return { status: 404, json: { message: `no control ${asked.method} ${asked.path}` } };
    }
  };
}

function readFault(body: Record<string, unknown> | undefined, platforms: readonly string[]): Fault | string {
  if (!body) return 'expected a JSON object';
  const { platform, method, path, kind, times = 1, retryAfterSeconds, delayMs } = body;
  if (typeof platform !== 'string' || !platforms.includes(platform))
    return `platform: expected one of ${platforms.join(', ')}`;
  const known = faultKinds.find((candidate) => candidate === kind);
  if (known === undefined) return `kind: expected one of ${faultKinds.join(', ')}`;
  if (!inRange(times, 1, 1_000_000)) return 'times: expected a number of at least 1';
  if (method !== undefined && typeof method !== 'string') return 'method: expected a string';
  if (path !== undefined && typeof path !== 'string') return 'path: expected a string';
  if (retryAfterSeconds !== undefined && !inRange(retryAfterSeconds, 0, 86_400))
    return 'retryAfterSeconds: expected 0 to 86400';
  if (delayMs !== undefined && !inRange(delayMs, 0, 600_000)) return 'delayMs: expected 0 to 600000';
  return {
    platform,
    kind: known,
    times: times as number,
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds: retryAfterSeconds as number }),
    ...(delayMs === undefined ? {} : { delayMs: delayMs as number }),
  };
}

function inRange(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
}
