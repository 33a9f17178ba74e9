import type LumaAI from 'lumaai';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { runAdapterFixtures } from '../../../../testing/adapter-fixtures.ts';
import type { GenerationIntent } from '../../ports.ts';
import { createLumaGenerator, type LumaModel } from './index.ts';
import { createBodyOf, type LumaCreateBody, type LumaGeneration } from './translate.ts';

const generator = (http: Parameters<typeof createLumaGenerator>[0]['http'], waits: number[] = []) =>
  createLumaGenerator({
    http,
    apiKey: 'key',
    baseUrl: 'https://luma.test/v1/',
    sleep: async (ms) => void waits.push(ms),
    now: () => new Date('2026-11-21T10:00:00Z'),
  });

describe('fixtures', () => {
  runAdapterFixtures(new URL('./fixtures/', import.meta.url), async (http, { method, arguments: given }) => {
    const luma = generator(http);
    switch (method) {
      case 'create':
        return luma.create(given[0] as GenerationIntent);
      case 'getStatus':
        return luma.getStatus(given[0] as string);
      case 'findByIntent':
        return luma.findByIntent(given[0] as GenerationIntent, new Set(given[1] as string[]));
      case 'credits':
        return luma.credits();
      case 'remove':
        return luma.remove(given[0] as string);
      default:
        throw new Error(`no such call ${method}`);
    }
  });
});

describe('the official SDK’s types', () => {
  it('accept every body we send and know every state we read', () => {
    expectTypeOf<LumaCreateBody>().toExtend<LumaAI.GenerationCreateParams>();
    expectTypeOf<LumaCreateBody>().toExtend<LumaAI.Generations.VideoCreateParams>();
    expectTypeOf<LumaModel>().toEqualTypeOf<LumaAI.GenerationCreateParams['model']>();
    expectTypeOf<NonNullable<LumaAI.Generation['state']>>().toEqualTypeOf<LumaGeneration['state']>();
    const body: LumaAI.GenerationCreateParams = createBodyOf(
      {
        prompt: 'A lake',
        aspectRatio: '1:1',
        resolution: '720p',
        durationSeconds: 9,
        requestedAt: '2026-11-21T10:00:00Z',
      },
      'ray-flash-2',
    );
    expect(body).toEqual({
      model: 'ray-flash-2',
      prompt: 'A lake',
      aspect_ratio: '1:1',
      duration: '9s',
      resolution: '720p',
      generation_type: 'video',
    });
  });
});

describe('costs and waits', () => {
  const http = {
    request: () => Promise.reject(new Error('not here')),
    download: () => Promise.reject(new Error('not here')),
  };

  it('estimates from the price table, in micros of USD', () => {
    expect(generator(http).estimateCostMicros({ resolution: '1080p', durationSeconds: 5 })).toBe(400_000);
    const prices = {
      'ray-2': { '540p': 1, '720p': 2, '1080p': 3 },
      'ray-flash-2': { '540p': 4, '720p': 5, '1080p': 6 },
    };
    const flash = createLumaGenerator({
      http,
      apiKey: 'k',
      prices,
      model: 'ray-flash-2',
      sleep: async () => undefined,
      now: () => new Date(),
    });
    expect(flash.estimateCostMicros({ resolution: '720p', durationSeconds: 9 })).toBe(45);
  });

  it('looks often at first and seldom later', () => {
    const delays = [0, 2_000, 20_000, 60_000, 600_000].map((ageMs) => generator(http).pollDelayMs(ageMs));
    expect(delays).toEqual([400, 400, 3_000, 9_000, 15_000]);
  });
});
