import { setTimeout as wait } from 'node:timers/promises';
import { type ClientOptions, callOperation } from '@cuepoint/client';
import {
  type AnyOperation,
  type Deployment,
  type GenerationJob,
  getDeployment,
  getGenerationJob,
} from '@cuepoint/contract';
import type { Terminal } from '../output/terminal.ts';

const everyMs = 300;

/** Follows what a long operation started until it has ended, and answers its last state. */
export async function follow(
  operation: AnyOperation,
  started: unknown,
  target: ClientOptions,
  terminal: Terminal,
): Promise<unknown> {
  if (operation.id === 'studio.generateCreative')
    return followGeneration((started as GenerationJob).id, target, terminal);
  if (operation.id === 'trafficking.trafficCreative') {
    const { results } = started as { results: Array<{ deployment: Deployment | null }> };
    const followed = [];
    for (const result of results) {
      const deployment = result.deployment
        ? await followDeployment(result.deployment.id, target, terminal)
        : null;
      followed.push({
        ...result,
        deployment,
        ...(deployment && deployment.status !== 'approved' ? { ok: false } : {}),
      });
    }
    terminal.endProgress();
    return { results: followed };
  }
  return started;
}

export async function followGeneration(
  generationJobId: string,
  target: ClientOptions,
  terminal: Terminal,
): Promise<GenerationJob> {
  for (;;) {
    const job = (await callOperation(getGenerationJob, { generationJobId }, {}, target)) as GenerationJob;
    terminal.progress(
      `${job.status}:${job.step}`,
      `${bar(job.progress)} ${job.step}${job.simulated ? ' (simulated generator)' : ''}`,
    );
    if (job.status === 'completed' || job.status === 'failed') {
      terminal.endProgress();
      return job;
    }
    await wait(everyMs);
  }
}

const ended = new Set(['approved', 'rejected', 'failed', 'cancelled']);

export async function followDeployment(
  deploymentId: string,
  target: ClientOptions,
  terminal: Terminal,
): Promise<Deployment> {
  for (;;) {
    const deployment = (await callOperation(getDeployment, { deploymentId }, {}, target)) as Deployment;
    const what = `${deployment.dspName}: ${deployment.status.replaceAll('_', ' ')}${deployment.step ? `, ${deployment.step}` : ''}`;
    terminal.progress(
      `${deployment.status}:${deployment.step}`,
      `${what}${deployment.simulated ? ' (simulated)' : ''}`,
    );
    if (ended.has(deployment.status)) return deployment;
    await wait(everyMs);
  }
}

function bar(share: number): string {
  const full = Math.round(share * 20);
  return `[${'='.repeat(full)}${' '.repeat(20 - full)}] ${String(Math.round(share * 100)).padStart(3)} %`;
}
