import { exitCodes } from '@cuepoint/contract';
import { CommandError } from '../output/failure.ts';

export type FaultKind = 'rate_limited' | 'unavailable' | 'cut_after';

export interface SandboxObject extends Record<string, unknown> {
  kind: string;
}

/** What a demo asks of the stand-in platforms themselves, beside the traffic of the adapters. */
export interface SandboxControl {
  inject(fault: {
    platform: string;
    path: string;
    kind: FaultKind;
    retryAfterSeconds?: number;
  }): Promise<void>;
  /** Faults that no request has met yet. */
  pendingFaults(): Promise<unknown[]>;
  clearFaults(): Promise<void>;
  amazonObjects(): Promise<SandboxObject[]>;
}

export function createSandboxControl(origin: string): SandboxControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}/__sandbox${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = (await response.json()) as { message?: string };
    if (response.ok) return value;
    throw new CommandError(
      `the stand-in platforms refused ${method} ${path}: ${value.message ?? response.status}`,
      exitCodes.upstream,
    );
  };
  return {
    inject: async (fault) => {
      await call('POST', '/faults', { method: 'POST', times: 1, ...fault });
    },
    pendingFaults: async () => ((await call('GET', '/faults')) as { faults: unknown[] }).faults,
    clearFaults: async () => {
      await call('DELETE', '/faults');
    },
    amazonObjects: async () => {
      const state = (await call('GET', '/state')) as { amazon: { objects: SandboxObject[] } };
      return state.amazon.objects;
    },
  };
}
