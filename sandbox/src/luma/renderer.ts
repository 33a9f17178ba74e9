import { frameSize } from './create-body.ts';
import type { Generation } from './generations.ts';
import { type PromptReading, readPrompt } from './prompt-reader.ts';

export interface RenderRequest {
  widthPx: number;
  heightPx: number;
  fps: number;
  durationMs: number;
  reading: PromptReading;
}

/** Draws a clip from what a prompt says into an MP4 file; stops when `signal` does. */
export type Renderer = (request: RenderRequest, outPath: string, signal: AbortSignal) => Promise<void>;

/** Clips come at 24 frames a second, as the platform's do; with at most `mostLines` on their shorter side. */
export function renderRequestOf(generation: Generation, mostLines: number): RenderRequest {
  return {
    ...frameSize(generation.body.aspectRatio, generation.body.resolution, mostLines),
    fps: 24,
    durationMs: generation.body.durationSeconds * 1000,
    reading: readPrompt(generation.body.prompt),
  };
}
