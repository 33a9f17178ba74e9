import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { locateTools, type MediaTools } from '@cuepoint/media';
import { createAmazonPlatform } from './amazon/platform.ts';
import { type AmazonSettings, amazonDefaults } from './amazon/settings.ts';
import { createVirtualClock, type VirtualClock } from './clock.ts';
import { createControl } from './control.ts';
import { createCounters } from './counters.ts';
import { createFaultBook } from './faults.ts';
import { fileJournal, memoryJournal } from './journal.ts';
import { createMediaRenderer } from './luma/media-renderer.ts';
import { createLumaPlatform } from './luma/platform.ts';
import type { Renderer } from './luma/renderer.ts';
import { type LumaSettings, lumaDefaults } from './luma/settings.ts';
import { createSandboxServer } from './server.ts';

export type { AmazonSettings } from './amazon/settings.ts';
export type { FaultKind } from './faults.ts';
export type { PromptReading } from './luma/prompt-reader.ts';
export type { Renderer, RenderRequest } from './luma/renderer.ts';
export type { LumaSettings } from './luma/settings.ts';

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Where state and clips are kept; without it they live as long as the process. */
  dataDir?: string;
  /** ffmpeg and ffprobe; without it those of npm are looked up at the first clip. */
  tools?: MediaTools;
  /** Virtual seconds per second for generation and review. Default 20. */
  speed?: number;
  luma?: Partial<LumaSettings>;
  amazon?: Partial<AmazonSettings>;
  /** Draws the clips; default: the renderer of @cuepoint/media. */
  render?: Renderer;
  log?: (line: string) => void;
}

export interface Sandbox {
  /** e.g. `http://127.0.0.1:4010`; platforms are at `/luma` and `/amazon` below it. */
  address: string;
  host: string;
  port: number;
  lumaBaseUrl: string;
  amazonBaseUrl: string;
  amazonTokenUrl: string;
  clock: VirtualClock;
  close(): Promise<void>;
}

/**
 * Starts the stand-in servers for Luma Dream Machine and Amazon Ads on one port.
 * Every JSON object they answer carries `_simulated: true`, every answer the header `x-simulated`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const log = options.log ?? (() => undefined);
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'cuepoint-sandbox-'));
  mkdirSync(dataDir, { recursive: true });
  const journal = temporary ? memoryJournal : fileJournal(dataDir);
  const clock = createVirtualClock(options.speed ?? 20);
  let located: Promise<MediaTools> | undefined;
  const tools = (): Promise<MediaTools> => {
    located ??= options.tools ? Promise.resolve(options.tools) : locateTools();
    return located;
  };
  const context = { clock, journal, dataDir, log };
  const platforms = [
    createLumaPlatform(
      context,
      { ...lumaDefaults, ...options.luma },
      options.render ?? createMediaRenderer(tools),
    ),
    createAmazonPlatform(context, { ...amazonDefaults, ...options.amazon }),
  ];
  const records = journal.load();
  for (const platform of platforms) platform.restore(records);

  const faults = createFaultBook();
  const counters = createCounters(platforms.map((platform) => platform.name));
  const control = createControl({ platforms, clock, faults, counters, clearJournal: journal.clear });
  const server = createSandboxServer({ platforms, faults, counters, control, log });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    address,
    host,
    port,
    lumaBaseUrl: `${address}/luma/dream-machine/v1`,
    amazonBaseUrl: `${address}/amazon`,
    amazonTokenUrl: `${address}/amazon/auth/o2/token`,
    clock,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      for (const platform of platforms) await platform.close();
      if (temporary) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
