import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Creative, exitCodes, type GenerationJob } from '@cuepoint/contract';
import { followGeneration } from '../../commands/follow.ts';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import type { CreativeOutcome } from '../result.ts';
import type { Launched } from './launch-brief.ts';

const everyMs = 250;
const measureLimitMs = 120_000;

/** A spot generated from the brief, or the user's own file; followed until it is measured. */
export async function makeCreative(context: DemoContext, launched: Launched): Promise<CreativeOutcome> {
  const { client, options } = context;
  const { campaignId, generation } = launched;
  let job: GenerationJob | null = null;
  let creativeId: string;
  if (options.video === null) {
    const started = await client.studio.generateCreative({
      campaignId,
      prompt: generation.prompt,
      title: generation.title,
      callToAction: generation.callToAction,
      landingUrl: generation.landingUrl,
      tone: generation.tone,
      placement: generation.placement,
      durationSeconds: generation.durationSeconds === 30 ? 30 : 15,
    });
    job = await followGeneration(started.id, context.target, context.terminal);
    if (job.status === 'failed' || job.creativeId === null) {
      throw new CommandError(
        `the generation ${job.id} failed: ${job.failure ?? 'no reason was given'}`,
        exitCodes.upstream,
        'Try again, or give your own file: --video file.mp4.',
      );
    }
    creativeId = job.creativeId;
  } else {
    const file = Object.assign(await openAsBlob(options.video), { name: basename(options.video) });
    context.terminal.progress('upload', `uploading ${basename(options.video)}`);
    const uploaded = await client.creatives.uploadCreative({
      campaignId,
      clickThroughUrl: generation.landingUrl,
      file,
    });
    creativeId = uploaded.id;
  }
  return show(await measured(context, creativeId), job);
}

/** Waits until the file is measured. */
export async function measured({ client, terminal }: DemoContext, creativeId: string): Promise<Creative> {
  const giveUpAt = performance.now() + measureLimitMs;
  for (;;) {
    const creative = await client.creatives.getCreative({ creativeId });
    if (creative.status === 'failed') {
      throw new CommandError(
        `the file could not be used: ${creative.failure ?? 'no reason was given'}`,
        exitCodes.blocked,
      );
    }
    if (creative.status === 'active' && creative.qc !== null) return creative;
    if (performance.now() > giveUpAt) {
      throw new CommandError(`the file of ${creativeId} was not measured within ${measureLimitMs / 1000} s`);
    }
    terminal.progress('measuring', 'measuring the file');
    await wait(everyMs);
  }
}

function show(creative: Creative, job: GenerationJob | null): CreativeOutcome {
  return {
    creativeId: creative.id,
    name: creative.name,
    source: creative.source,
    simulated: creative.simulated,
    generator: job?.generator ?? null,
    scenes: job?.scenes ?? [],
    costMicros: job?.costMicros ?? 0,
    durationMs: creative.durationMs ?? 0,
    width: creative.width ?? 0,
    height: creative.height ?? 0,
    sha256: creative.sha256 ?? '',
    universalAdId: creative.universalAdId,
    clickThroughUrl: creative.clickThroughUrl,
  };
}
