import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@cuepoint/client';
import { readLock } from '@cuepoint/server';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A whole installation with the demo data, as `cuepoint start` gives it to a stranger. */
export interface TestInstallation {
  origin: string;
  /** Speaks as the local owner of the data directory. */
  client: Client;
  /** Address that signs one browser in, once. */
  signInLink(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts an installation on a data directory of its own, or joins the one that runs on the directory named by
 * E2E_DATA_DIR, which is left running. `settings` are variables of its environment.
 * @throws with what it printed when it does not serve within two minutes
 */
export async function startTestInstallation(
  settings: Record<string, string> = {},
): Promise<TestInstallation> {
  if (!existsSync(join(root, 'console/dist/index.html'))) {
    throw new Error('the console is not built: run npm run build:console');
  }
  const running = process.env.E2E_DATA_DIR;
  if (running) return joined(running);
  const dataDir = mkdtempSync(join(tmpdir(), 'cuepoint-e2e-'));
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CUEPOINT_'));
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--conditions=@cuepoint/source',
      'cli/src/main.ts',
      '--json',
      '--data-dir',
      dataDir,
      'start',
      '--port',
      '0',
    ],
    {
      cwd: root,
      env: { ...Object.fromEntries(own), CUEPOINT_METRICS_PORT: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stop = async () => {
    await ended(child);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await serving(child);
    return { ...joined(dataDir), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function joined(dataDir: string): TestInstallation {
  const lock = readLock(dataDir);
  if (!lock?.address) throw new Error(`no installation serves on ${dataDir}`);
  const client = createClient({ origin: lock.address, token: lock.token });
  return {
    origin: lock.address,
    client,
    signInLink: async () => (await client.accounts.createSignInLink({})).url,
    stop: async () => {},
  };
}

/** Resolves when the command says that it serves. */
function serving(child: ChildProcess): Promise<void> {
  const printed: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${printed.slice(-30).join('\n')}`));
    const limit = setTimeout(() => fail('the installation did not serve within two minutes'), 120_000);
    createInterface({ input: child.stderr! }).on('line', (line) => printed.push(line));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      printed.push(line);
      if (!line.includes('"publicUrl"')) return;
      clearTimeout(limit);
      resolve();
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => {
      clearTimeout(limit);
      fail(`the installation ended with exit code ${code}`);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/**
 * Asks until there is an answer, every so many milliseconds.
 * @throws naming what was waited for
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  limitMs = 30_000,
  everyMs = 300,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > until) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** The demo world as it is once its spots are made, judged, sent and its history is written. */
export interface DemoWorld {
  /** Serves: its creative is approved. */
  liveCampaignId: string;
  /** The first of its line items. */
  liveLineItemId: string;
  /** Trafficked to the stand-in platform. */
  sentCreativeId: string;
  deploymentId: string;
  /** Waits for a decision. */
  submittedCreativeId: string;
}

/** Making the spots is a minute on two quiet cores, and several when other tests share them. */
export const demoLimitMs = 400_000;

export function demoWorld(client: Client): Promise<DemoWorld> {
  return eventually(
    'the demo data',
    async () => {
      // Asked alone until it is there: the process that would answer the others is making the spots.
      const deployments = await client.trafficking.listDeployments({});
      const sent = deployments.items.find((one) => one.status === 'approved');
      if (!sent) return null;
      const [creatives, dashboard] = await Promise.all([
        client.creatives.listCreatives({}),
        client.reporting.getDashboard({}),
      ]);
      const submitted = creatives.items.find((one) => one.approval === 'submitted');
      const approved = creatives.items.filter(
        (one) => one.approval === 'approved' || one.approval === 'trafficked',
      );
      const counted = dashboard.byHour.some((hour) => hour.impressions > 0);
      if (!submitted || approved.length < 2 || !counted) return null;
      const lineItems = await client.campaigns.listLineItems({ campaignId: sent.campaignId, limit: 1 });
      const lineItem = lineItems.items[0];
      if (!lineItem) return null;
      return {
        liveCampaignId: sent.campaignId,
        liveLineItemId: lineItem.id,
        sentCreativeId: sent.creativeId,
        deploymentId: sent.id,
        submittedCreativeId: submitted.id,
      };
    },
    demoLimitMs,
    // Whoever asks often takes from the spots what they are made with.
    1500,
  );
}
