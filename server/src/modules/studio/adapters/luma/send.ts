import type { z } from 'zod';
import {
  type HttpClient,
  type HttpResponse,
  kindOfStatus,
  retryAfterMsOf,
  UpstreamError,
} from '../../../../platform/http-client/index.ts';
import type { GenerationIntent, VideoGenerator } from '../../ports.ts';
import { type LumaModel, lumaDefaultBaseUrl, lumaDefaultPrices, lumaInfo, type PriceTable } from './info.ts';
import {
  createBodyOf,
  generationOf,
  type LumaGeneration,
  lumaCredits,
  lumaGeneration,
  lumaPage,
  matchIntent,
  reachesBefore,
} from './translate.ts';

export interface LumaOptions {
  http: HttpClient;
  apiKey: string;
  baseUrl?: string;
  model?: LumaModel;
  prices?: PriceTable;
  maxClipBytes?: number;
  sleep: (ms: number) => Promise<void>;
  now: () => Date;
}

const pageSize = 50;
const maxPages = 10;
const readTries = 4;

/** `VideoGenerator` over the Luma Dream Machine API or its stand-in. */
export function createLumaGenerator(options: LumaOptions): VideoGenerator {
  const { http, apiKey, sleep, now } = options;
  const baseUrl = (options.baseUrl ?? lumaDefaultBaseUrl).replace(/\/$/, '');
  const model = options.model ?? 'ray-2';
  const prices = options.prices ?? lumaDefaultPrices;

  /** One request, its failure classified. */
  async function send<T extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    shape: T | null,
    body?: unknown,
  ): Promise<z.infer<T>> {
    const idempotent = method !== 'POST';
    const answer = await http.request({
      method,
      url: `${baseUrl}${path}`,
      idempotent,
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const kind = kindOfStatus(answer.status, idempotent);
    if (kind !== undefined) {
      const retryAfterMs = retryAfterMsOf(answer.headers, now().getTime());
      throw new UpstreamError(kind, `Luma answered HTTP ${answer.status}: ${detailOf(answer)}`, {
        status: answer.status,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
    if (shape === null) return undefined as z.infer<T>;
    const parsed = shape.safeParse(jsonOf(answer));
    if (answer.status < 300 && parsed.success) return parsed.data;
    // A create that was accepted in words we cannot read has still been accepted.
    throw new UpstreamError(
      idempotent ? 'unavailable' : 'ambiguous',
      `Luma answered HTTP ${answer.status} with an unreadable body`,
      {
        code: 'answer_unreadable',
        status: answer.status,
      },
    );
  }

  /** Reads may be repeated: 0.5 s, 1 s, 2 s, or what the platform asks for. */
  async function read<T extends z.ZodType>(path: string, shape: T): Promise<z.infer<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send('GET', path, shape);
      } catch (error) {
        const passing =
          UpstreamError.is(error) && (error.kind === 'rate_limited' || error.kind === 'unavailable');
        if (!passing || attempt >= readTries) throw error;
        await sleep(Math.min(error.retryAfterMs ?? 250 * 2 ** attempt, 30_000));
      }
    }
  }

  const pathOf = (externalId: string) => `/generations/${encodeURIComponent(externalId)}`;
  const getStatus = async (externalId: string) =>
    generationOf(await read(pathOf(externalId), lumaGeneration));

  return {
    info: lumaInfo,
    create: async (intent: GenerationIntent) =>
      generationOf(await send('POST', '/generations/video', lumaGeneration, createBodyOf(intent, model))),
    getStatus,
    // Clips take from half a minute to a few minutes; the first looks come soon for a stand-in or a short queue.
    pollDelayMs: (ageMs) => Math.round(Math.min(Math.max(400, ageMs * 0.15), 15_000)),
    async download(externalId, toPath) {
      const generation = await getStatus(externalId);
      if (generation.videoUrl === null) {
        throw new UpstreamError(
          'rejected',
          `generation ${externalId} is ${generation.state} and has no video`,
          { code: 'no_video' },
        );
      }
      const { sizeBytes, sha256 } = await http.download({
        method: 'GET',
        url: generation.videoUrl,
        toPath,
        maxBytes: options.maxClipBytes ?? 500_000_000,
        timeouts: { totalMs: 300_000 },
      });
      return { sizeBytes, sha256 };
    },
    async findByIntent(intent, claimed) {
      const listed: LumaGeneration[] = [];
      let simulated = false;
      for (let page = 0; page < maxPages; page += 1) {
        const answer = await read(`/generations?limit=${pageSize}&offset=${page * pageSize}`, lumaPage);
        simulated = answer._simulated === true;
        listed.push(...answer.generations);
        if (answer.has_more !== true || reachesBefore(answer.generations, intent.requestedAt)) break;
      }
      return matchIntent(listed, intent, model, claimed, simulated);
    },
    async remove(externalId) {
      await send('DELETE', pathOf(externalId), null);
    },
    async credits() {
      const answer = await read('/credits', lumaCredits);
      return {
        balanceMicros: Math.round(answer.credit_balance * 10_000),
        simulated: answer._simulated === true,
      };
    },
    estimateCostMicros: ({ resolution, durationSeconds }) => prices[model][resolution] * durationSeconds,
  };
}

/** Errors look like `{"detail": "..."}`; anything else is shown shortened. */
function detailOf(answer: HttpResponse): string {
  const body = jsonOf(answer) as { detail?: unknown } | undefined;
  const text = typeof body?.detail === 'string' ? body.detail : answer.text();
  return text.slice(0, 300) || '(no text)';
}

function jsonOf(answer: HttpResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return undefined;
  }
}
