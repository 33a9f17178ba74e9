import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, type Asked, HttpProblem, jsonObject, markedSimulated } from '../http.ts';
import type { Platform, PlatformContext } from '../platform.ts';
import { createAssetLinks } from './asset-links.ts';
import { sendCallback } from './callbacks.ts';
import { concepts, readCreateBody } from './create-body.ts';
import { type Generation, stateAt } from './generations.ts';
import { type Renderer, renderRequestOf } from './renderer.ts';
import type { LumaSettings } from './settings.ts';

const base = '/dream-machine/v1';
const detail = (status: number, text: string, headers?: Record<string, string>): Answer => ({
  status,
  json: { detail: text },
  ...(headers ? { headers } : {}),
});

/** Luma Dream Machine API, as npm lumaai 1.19.1 speaks it, with real clips drawn from the prompt. */
export function createLumaPlatform(
  context: PlatformContext,
  settings: LumaSettings,
  render: Renderer,
): Platform {
  const { clock, journal, log } = context;
  const assetDir = path.join(context.dataDir, 'luma-assets');
  mkdirSync(assetDir, { recursive: true });
  const generations = new Map<string, Generation>();
  const rendering = new Set<string>();
  const pending = new Set<Promise<unknown>>();
  const links = createAssetLinks(randomBytes(32).toString('hex'));
  let creditCents = settings.creditCents;
  let stop = new AbortController();
  let closed = false;
  /** So that work of before a reset cannot write into what came after. */
  let epoch = 0;

  const fileOf = (id: string) => path.join(assetDir, `${id}.mp4`);
  const keep = (generation: Generation) => journal.write('luma.generation', generation.id, generation);
  const track = (work: Promise<unknown>) => {
    pending.add(work);
    void work.finally(() => pending.delete(work)).catch(() => undefined);
  };

  const shown = (generation: Generation, origin: string) => {
    const done = generation.state === 'completed';
    const url = `${origin}/luma${links.path(generation.id, clock.nowMs() + clock.lasting(settings.assetTtlMs))}`;
    return {
      id: generation.id,
      generation_type: 'video',
      state: generation.state,
      failure_reason: generation.failureReason,
      created_at: generation.createdAt,
      model: generation.body.model,
      assets: done ? { video: url, image: null, progress_video: null } : null,
      request: generation.request,
    };
  };

  /** Moves everything to where the virtual clock says it is, and starts what can be drawn. */
  function tick(origin: string): void {
    for (const generation of generations.values()) {
      const next = stateAt(generation, clock.nowMs(), settings);
      if (next.state !== generation.state) {
        generation.state = next.state;
        generation.failureReason = next.failureReason;
        keep(generation);
        const { callbackUrl } = generation.body;
        if (callbackUrl !== null) {
          const sent = sendCallback(callbackUrl, markedSimulated(shown(generation, origin)));
          track(sent.then((outcome) => log(`luma callback ${generation.id} ${next.state}: ${outcome}`)));
        }
      }
      if (
        !generation.rendered &&
        generation.renderError === null &&
        !rendering.has(generation.id) &&
        !closed
      ) {
        if (rendering.size < settings.renderConcurrency) track(draw(generation));
      }
    }
  }

  async function draw(generation: Generation): Promise<void> {
    const started = epoch;
    rendering.add(generation.id);
    const unfinished = `${fileOf(generation.id)}.part.mp4`;
    try {
      if (!existsSync(fileOf(generation.id))) {
        await render(renderRequestOf(generation, settings.clipLines), unfinished, stop.signal);
        await rename(unfinished, fileOf(generation.id));
      }
      generation.rendered = true;
    } catch (error) {
      if (!stop.signal.aborted && started === epoch)
        generation.renderError = 'the clip could not be rendered';
      log(`luma render ${generation.id}: ${(error as Error).stack ?? String(error)}`);
      await rm(unfinished, { force: true });
    } finally {
      rendering.delete(generation.id);
      if (!generations.has(generation.id)) await rm(fileOf(generation.id), { force: true });
      else if (started === epoch && !closed) keep(generation);
    }
  }

  let lastOrigin = '';
  const timer = setInterval(() => tick(lastOrigin), 40);
  timer.unref();

  async function create(asked: Asked): Promise<Answer> {
    const raw = await jsonObject(asked);
    if (raw === undefined) return detail(400, 'Invalid JSON body');
    const body = readCreateBody(raw);
    if ('refused' in body) return detail(422, body.refused.join('; '));
    if (body.prompt.includes(settings.moderationWord)) return detail(400, 'Prompt did not pass moderation');
    for (const keyframe of body.keyframes) {
      if (keyframe.type === 'generation' && generations.get(keyframe.reference)?.state !== 'completed') {
        return detail(
          400,
          `keyframes.${keyframe.frame}: generation ${keyframe.reference} is not a completed generation`,
        );
      }
    }
    const active = [...generations.values()].filter(
      ({ state }) => state === 'queued' || state === 'dreaming',
    ).length;
    if (active >= settings.maxConcurrent) {
      return detail(429, `Too many concurrent generations: at most ${settings.maxConcurrent}`, {
        'retry-after': '1',
      });
    }
    const chargedCents = Math.ceil((settings.centsPerSecond[body.model] ?? 0) * body.durationSeconds);
    if (chargedCents > creditCents) return detail(400, 'Insufficient credits');
    creditCents -= chargedCents;
    journal.write('luma.credits', 'balance', creditCents);
    const generation: Generation = {
      id: randomUUID(),
      body,
      request: { generation_type: 'video', ...raw },
      state: 'queued',
      failureReason: null,
      createdAt: clock.wall().toISOString(),
      queuedAtMs: clock.nowMs(),
      chargedCents,
      rendered: false,
      renderError: null,
    };
    generations.set(generation.id, generation);
    keep(generation);
    tick(asked.origin);
    return { status: 201, json: shown(generation, asked.origin) };
  }

  function list(asked: Asked): Answer {
    const whole = (name: string, fallback: number) => {
      const text = asked.query.get(name);
      if (text === null) return fallback;
      if (!/^\d{1,9}$/.test(text)) throw new HttpProblem(detail(422, `${name}: must be a whole number`));
      return Number(text);
    };
    const limit = Math.min(whole('limit', 10), 100);
    const offset = whole('offset', 0);
    const newestFirst = [...generations.values()].reverse();
    const page = newestFirst.slice(offset, offset + limit);
    return {
      status: 200,
      json: {
        generations: page.map((generation) => shown(generation, asked.origin)),
        count: newestFirst.length,
        limit,
        offset,
        has_more: offset + limit < newestFirst.length,
      },
    };
  }

  async function one(asked: Asked, id: string): Promise<Answer> {
    const generation = generations.get(id);
    if (!generation) return detail(404, 'Generation not found');
    if (asked.method === 'GET') return { status: 200, json: shown(generation, asked.origin) };
    generations.delete(id);
    journal.write('luma.generation', id, null);
    await rm(fileOf(id), { force: true });
    return { status: 204 };
  }

  function asset(asked: Asked): Answer {
    const opened = links.open(asked.path, asked.query, clock.nowMs());
    if ('refused' in opened) return { status: 403, text: `AccessDenied: ${opened.refused}\n` };
    const file = fileOf(opened.generationId);
    if (!existsSync(file)) return { status: 404, text: 'NoSuchKey\n' };
    return {
      status: 200,
      headers: { 'content-type': 'video/mp4' },
      file: { path: file, sizeBytes: statSync(file).size },
    };
  }

  return {
    name: 'luma',
    async handle(asked) {
      lastOrigin = asked.origin;
      tick(asked.origin);
      if (asked.method === 'GET' && asked.path.startsWith('/assets/')) return asset(asked);
      if (!asked.path.startsWith(`${base}/`)) return detail(404, 'Not Found');
      const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1];
      if (token === undefined) return detail(401, 'Not authenticated');
      if (settings.apiKey !== null && token !== settings.apiKey) return detail(401, 'Invalid API key');
      const route = `${asked.method} ${asked.path.slice(base.length)}`;
      if (route === 'POST /generations/video' || route === 'POST /generations') return create(asked);
      if (route === 'GET /generations') return list(asked);
      if (route === 'GET /generations/concepts/list') return { status: 200, json: concepts };
      if (route === 'GET /credits') return { status: 200, json: { credit_balance: creditCents } };
      if (route === 'GET /ping') return { status: 200, json: { message: 'pong' } };
      const id = /^(?:GET|DELETE) \/generations\/([^/]+)$/.exec(route)?.[1];
      if (id !== undefined) return one(asked, id);
      if (/^POST \/generations\/(image|video\/(reframe|modify)|[^/]+\/(upscale|audio))$/.test(route)) {
        return detail(501, 'This stand-in offers text and keyframe to video only');
      }
      return detail(404, 'Not Found');
    },
    errorAnswer: (status, message) => detail(status, message),
    restore(records) {
      for (const { kind, value } of records) {
        if (kind === 'luma.credits') creditCents = value as number;
        if (kind !== 'luma.generation') continue;
        const generation = value as Generation;
        // The virtual clock starts anew: what was under way is queued again.
        generations.set(generation.id, {
          ...generation,
          queuedAtMs: 0,
          rendered: existsSync(fileOf(generation.id)),
        });
      }
    },
    state: () => ({ creditCents, generations: [...generations.values()] }),
    reset() {
      epoch += 1;
      stop.abort();
      stop = new AbortController();
      generations.clear();
      creditCents = settings.creditCents;
    },
    async close() {
      closed = true;
      stop.abort();
      clearInterval(timer);
      await Promise.allSettled(pending);
    },
  };
}
