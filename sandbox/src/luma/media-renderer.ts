import { type MediaTools, renderClip } from '@cuepoint/media';
import type { Renderer } from './renderer.ts';

/** Draws with the project's own clip renderer: real H.264 in MP4, the same file for the same prompt. */
export function createMediaRenderer(tools: () => Promise<MediaTools>): Renderer {
  return async ({ widthPx, heightPx, fps, durationMs, reading }, outPath) => {
    const { scene, seed, colors, title, subtitle, callToAction, brandName, motif } = reading;
    await renderClip(
      {
        widthPx,
        heightPx,
        fps,
        durationMs,
        seed,
        scene,
        look: { colors, title, subtitle, callToAction, brandName, ...(motif ? { motif } : {}) },
      },
      outPath,
      { tools: await tools() },
    );
  };
}
