import type { PlacementKind, SpotSeconds, Tone } from './brief.ts';

/** What a generation job was asked for; kept with it. */
export interface GenerationRequest {
  brandName: string;
  domain: string;
  colors: string[];
  message: string;
  title: string;
  callToAction: string;
  landingUrl: string;
  tone: Tone;
  placement: PlacementKind;
  durationSeconds: SpotSeconds;
  creativeName: string;
  demo: boolean;
}

export type SceneState = 'planned' | 'intended' | 'queued' | 'generating' | 'completed' | 'failed';

/** Frame of the finished spot. */
export function sizeOf(placement: PlacementKind): { widthPx: number; heightPx: number } {
  if (placement === 'vertical') return { widthPx: 1080, heightPx: 1920 };
  if (placement === 'square') return { widthPx: 1080, heightPx: 1080 };
  return { widthPx: 1920, heightPx: 1080 };
}

/** The music bed that suits a tone. */
export function moodOf<M extends string>(tone: Tone, moods: readonly M[]): M {
  const same = moods.find((mood) => mood === (tone as string));
  return same ?? moods[0]!;
}

/** 32-bit FNV-1a: the same request gives the same cut and the same music. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Share of a job that is done: clips are the larger part. */
export function progressOf(
  states: readonly SceneState[],
  phase: 'clips' | 'assembling' | 'measuring' | 'done',
  part = 0,
): number {
  if (phase === 'done') return 1;
  if (phase === 'measuring') return 0.9;
  if (phase === 'assembling') return 0.6 + 0.28 * Math.min(1, Math.max(0, part));
  const weight: Record<SceneState, number> = {
    planned: 0,
    intended: 0.05,
    queued: 0.1,
    generating: 0.4,
    completed: 1,
    failed: 1,
  };
  return states.length === 0
    ? 0
    : (0.6 * states.reduce((sum, state) => sum + weight[state], 0)) / states.length;
}
