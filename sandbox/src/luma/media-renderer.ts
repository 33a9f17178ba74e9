import { type MediaTools, renderClip } from '@cuepoint/media';
import type { Renderer } from './renderer.ts';

/** Draws with the project's own clip renderer: real H.264 in MP4, the same pictures for the same prompt. Silent, as ray-2 clips are. */
export function createMediaRenderer(tools: () => Promise<MediaTools>): Renderer {
  return async ({ widthPx, heightPx, fps, durationMs, reading }, outPath, signal) => {
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
      { tools: await tools(), signal, audio: false },
    );
  };
}
