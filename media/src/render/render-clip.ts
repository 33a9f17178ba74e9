import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createCanvas } from '@napi-rs/canvas';
import { composeBedInSteps, type Mood } from '../audio/bed.ts';
import { encodeMp4 } from '../encode.ts';
import { frameCount, frameRate } from '../frame-rate.ts';
import type { MediaTools } from '../tools.ts';
import type { ClipSpec } from './look.ts';
import { paintClip } from './paint-clip.ts';

export interface RenderOptions {
  tools: MediaTools;
  signal?: AbortSignal;
  /** Default 180 s. */
  timeoutMs?: number;
  /** Sound bed; false gives a clip without sound. Default calm. */
  audio?: false | { mood: Mood };
  /** Called after each frame. */
  onProgress?: (done: number, total: number) => void;
}

export interface RenderedClip {
  path: string;
  frames: number;
  durationMs: number;
  renderedInMs: number;
}

/**
 * Draws a clip and encodes it: H.264 High, yuv420p, BT.709, AAC. The frames
 * are a function of the specification alone.
 *
 * @throws MediaError media.invalid_spec, media.tool_failed, media.timed_out, media.cancelled
 */
export async function renderClip(
  spec: ClipSpec,
  outPath: string,
  options: RenderOptions,
): Promise<RenderedClip> {
  const started = performance.now();
  const paint = paintClip(spec);
  const rate = frameRate(spec.fps ?? 24);
  const frames = frameCount(spec.durationMs, rate);
  const durationMs = Math.round((frames * 1000) / rate.value);
  const audio = options.audio ?? { mood: 'calm' as const };
  // Two pictures in turn: one is drawn while the other is on its way to the encoder.
  const canvases = [createCanvas(spec.widthPx, spec.heightPx), createCanvas(spec.widthPx, spec.heightPx)];
  const contexts = canvases.map((canvas) => canvas.getContext('2d'));
  await encodeMp4(
    {
      tools: options.tools,
      outPath,
      widthPx: spec.widthPx,
      heightPx: spec.heightPx,
      rate,
      pixelFormat: 'rgba',
      filters: ['scale=out_color_matrix=bt709:out_range=tv'],
      videoArgs: ['-preset', 'veryfast', '-crf', '16', '-tune', 'animation'],
      sound:
        audio === false ? null : await composeBedInSteps({ durationMs, seed: spec.seed, mood: audio.mood }),
      audioBitrateBps: 256_000,
      timeoutMs: options.timeoutMs ?? 180_000,
      signal: options.signal,
    },
    async (encoder) => {
      let sent: Promise<void> = Promise.resolve();
      for (let frame = 0; frame < frames; frame++) {
        const turn = frame % 2;
        paint(contexts[turn]!, frame / rate.value);
        const pixels = canvases[turn]!.data();
        await sent;
        sent = encoder.write(pixels);
        sent.catch(() => undefined);
        options.onProgress?.(frame + 1, frames);
      }
      await sent;
    },
  );
  return { path: outPath, frames, durationMs, renderedInMs: Math.round(performance.now() - started) };
}

/** SHA-256 of one frame's pixels: equal for equal specifications on the same build of the drawing library. */
export function hashFrame(spec: ClipSpec, frame: number): string {
  return createHash('sha256').update(drawFrame(spec, frame)).digest('hex');
}

/** One frame of a clip as RGBA bytes, without encoding. @throws MediaError media.invalid_spec */
export function drawFrame(spec: ClipSpec, frame: number): Buffer {
  const paint = paintClip(spec);
  const canvas = createCanvas(spec.widthPx, spec.heightPx);
  paint(canvas.getContext('2d'), frame / frameRate(spec.fps ?? 24).value);
  return Buffer.from(canvas.data());
}
