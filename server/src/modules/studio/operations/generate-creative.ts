import { generateCreative } from '@cuepoint/contract';
import { findCampaign } from '#modules/campaigns';
import { loadAxes } from '#modules/governance';
import { implement } from '../../../kernel/implement.ts';
import type { GenerationRequest } from '../domain/generation.ts';
import { planScenes } from '../domain/prompts.ts';
import { generateJobName } from '../jobs/generate-job.ts';
import { findJob, showJobs } from '../read-model.ts';
import type { StudioPorts } from '../studio-ports.ts';
import { generationJobTable, generationSceneTable } from '../tables.ts';

export function generateCreativeOperation(ports: StudioPorts) {
  return implement(generateCreative, async (input, context) => {
    const { tx, accountId, now } = context;
    const campaign = await findCampaign(tx, input.campaignId);
    if (!campaign)
      return context.fail('campaign.not_found', `No campaign ${input.campaignId} in this account.`);
    const loaded = await loadAxes(tx, campaign);
    if (!loaded.ok) throw new Error(`campaign ${campaign.id} names a ${loaded.missing} that is gone`);
    const { brand } = loaded.axes;
    const request: GenerationRequest = {
      brandName: brand.name,
      domain: brand.domain,
      colors: brand.colors.length > 0 ? brand.colors : ['#1e4d63', '#e8a33d'],
      message: input.prompt,
      title: input.title ?? campaign.label,
      callToAction: input.callToAction ?? `Visit ${brand.domain}`,
      landingUrl: input.landingUrl ?? `https://${brand.domain}/`,
      tone: input.tone,
      placement: input.placement,
      durationSeconds: input.durationSeconds === 30 ? 30 : 15,
      creativeName: `${input.title ?? campaign.label} ${input.durationSeconds} s`,
      demo: campaign.demo,
    };
    const scenes = planScenes(request);
    const { maximum, problem } = promptLimits(scenes, ports);
    if (problem) {
      return context.fail(
        'brief.invalid',
        `prompt: a scene would need ${problem} characters, at most ${maximum} are taken.`,
        {
          fields: [{ field: 'prompt', message: 'too long for the generator', accepted: 'a shorter text' }],
        },
      );
    }
    const id = ports.ids.next('generationJob');
    const cost = scenes.reduce((sum, scene) => sum + ports.generator.estimateCostMicros(scene), 0);
    await tx.insert(generationJobTable).values({
      id,
      accountId,
      campaignId: campaign.id,
      status: 'queued',
      step: 'waiting for a place',
      generator: ports.generator.info.name,
      simulated: ports.generatorSimulated,
      placement: input.placement,
      durationMs: request.durationSeconds * 1000,
      request,
      estimatedCostMicros: cost,
      currency: 'USD',
      createdAt: now,
      updatedAt: now,
    });
    await tx.insert(generationSceneTable).values(
      scenes.map((scene) => ({
        accountId,
        generationJobId: id,
        position: scene.position,
        scene: scene.scene,
        prompt: scene.prompt,
      })),
    );
    // A dry run rolls this back with everything else.
    await ports.queue.send(generateJobName, { accountId, generationJobId: id }, { tx, singletonKey: id });
    const [job] = await showJobs(tx, [(await findJob(tx, id))!]);
    context.record({ entity: { kind: 'generation_job', id }, before: null, after: job! });
    context.emit('generation.changed', { kind: 'generation_job', id });
    return job!;
  });
}

function promptLimits(scenes: Array<{ prompt: string }>, ports: StudioPorts) {
  const maximum = ports.generator.info.promptCharacters.max;
  const longest = Math.max(...scenes.map((scene) => scene.prompt.length));
  return { maximum, problem: longest > maximum ? longest : null };
}
