import { z } from 'zod';
import type { Generation, GenerationIntent, IntentMatch } from '../../ports.ts';
import type { LumaModel } from './info.ts';

/** Body of `POST /generations/video`. Checked against the official SDK's types in translate.test.ts. */
export interface LumaCreateBody {
  model: LumaModel;
  prompt: string;
  aspect_ratio: '16:9' | '9:16' | '1:1';
  duration: '5s' | '9s';
  resolution: '540p' | '720p' | '1080p';
  generation_type: 'video';
  keyframes?: { frame0: { type: 'generation'; id: string } };
  callback_url?: string;
}

export function createBodyOf(intent: GenerationIntent, model: LumaModel): LumaCreateBody {
  return {
    model,
    prompt: intent.prompt,
    aspect_ratio: intent.aspectRatio,
    duration: intent.durationSeconds === 5 ? '5s' : '9s',
    resolution: intent.resolution,
    generation_type: 'video',
    ...(intent.continueFrom === undefined
      ? {}
      : { keyframes: { frame0: { type: 'generation', id: intent.continueFrom } } }),
    ...(intent.callbackUrl === undefined ? {} : { callback_url: intent.callbackUrl }),
  };
}

/** What we read of a Generation; the rest is ignored. */
export const lumaGeneration = z.object({
  id: z.string().min(1),
  state: z.enum(['queued', 'dreaming', 'completed', 'failed']),
  failure_reason: z.string().nullish(),
  created_at: z.string(),
  model: z.string().nullish(),
  assets: z.object({ video: z.string().nullish() }).nullish(),
  request: z.object({ prompt: z.string().nullish() }).nullish(),
  _simulated: z.boolean().optional(),
});
export type LumaGeneration = z.infer<typeof lumaGeneration>;

export const lumaPage = z.object({
  generations: z.array(lumaGeneration),
  has_more: z.boolean().optional(),
  _simulated: z.boolean().optional(),
});

export const lumaCredits = z.object({ credit_balance: z.number(), _simulated: z.boolean().optional() });

export function generationOf(answer: LumaGeneration, simulated = answer._simulated === true): Generation {
  return {
    externalId: answer.id,
    state: answer.state === 'dreaming' ? 'generating' : answer.state,
    failureReason: answer.failure_reason ?? null,
    videoUrl: answer.state === 'completed' ? (answer.assets?.video ?? null) : null,
    createdAt: answer.created_at,
    simulated,
  };
}

/** Clocks of two companies differ a little. */
const earlyMs = 30_000;
/** A create that got no answer was received, if at all, within the time that a request may take. */
const lateMs = 10 * 60_000;

/**
 * Generations that an intent may have made: same prompt and model, created about when it was sent, and not known to
 * belong to another. The API has no field of ours to look for.
 */
export function matchIntent(
  listed: readonly LumaGeneration[],
  intent: Pick<GenerationIntent, 'prompt' | 'requestedAt'>,
  model: LumaModel,
  claimed: ReadonlySet<string>,
  simulated: boolean,
): IntentMatch {
  const sentAt = Date.parse(intent.requestedAt);
  const matching = listed.filter((entry) => {
    const offset = Date.parse(entry.created_at) - sentAt;
    return (
      !claimed.has(entry.id) &&
      entry.model === model &&
      entry.request?.prompt === intent.prompt &&
      offset >= -earlyMs &&
      offset <= lateMs
    );
  });
  const generations = matching.map((entry) => generationOf(entry, simulated));
  if (generations.length === 0) return { found: 'none' };
  return generations.length === 1
    ? { found: 'one', generation: generations[0]! }
    : { found: 'several', generations };
}

/** Whether a newest-first page reaches back before the intent, so that older pages need not be asked for. */
export function reachesBefore(listed: readonly LumaGeneration[], requestedAt: string): boolean {
  const oldest = listed.at(-1);
  return oldest === undefined || Date.parse(oldest.created_at) < Date.parse(requestedAt) - earlyMs;
}
