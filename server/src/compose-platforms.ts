import { setTimeout as sleep } from 'node:timers/promises';
import { createLumaGenerator, lumaDefaultBaseUrl, type VideoGenerator } from '#modules/studio';
import {
  amazonDspParams,
  amazonHosts,
  amazonTokenUrl,
  createAmazonDspAdapter,
  type Platform,
} from '#modules/trafficking';
import { hasAmazonKeys } from './config.ts';
import type { Clock } from './kernel/clock.ts';
import type { HttpClient } from './platform/http-client/index.ts';
import type { Runtime } from './processes/runtime.ts';

export interface ChosenPlatforms {
  generator: VideoGenerator;
  generatorSimulated: boolean;
  dsps: Platform[];
  simulated: Array<{ id: string; name: string; why: string }>;
}

/** Credentials that the stand-ins take; they open nothing else. */
const standIn = {
  lumaKey: 'sandbox-luma-key',
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
  accountId: 'sandbox-account',
  productCategoryIds: ['sandbox-category'],
};

/** The real platform where there is a key, its stand-in where there is none. */
export function choosePlatforms(runtime: Runtime, http: HttpClient, clock: Clock): ChosenPlatforms {
  const { config, sandbox } = runtime;
  const simulated: ChosenPlatforms['simulated'] = [];
  const standInOf = (name: string): NonNullable<Runtime['sandbox']> => {
    if (sandbox) return sandbox;
    throw new Error(`${name} has no key and no stand-in: set CUEPOINT_SANDBOX_ORIGIN or the keys of ${name}`);
  };
  const generatorSimulated = !config.lumaApiKey;
  if (generatorSimulated)
    simulated.push({ id: 'luma', name: 'Luma Dream Machine', why: 'LUMAAI_API_KEY is not set' });
  const generator = createLumaGenerator({
    http,
    apiKey: config.lumaApiKey ?? standIn.lumaKey,
    baseUrl: config.lumaApiKey ? (config.lumaBaseUrl ?? lumaDefaultBaseUrl) : standInOf('Luma').lumaBaseUrl,
    sleep: (ms) => sleep(ms),
    now: () => clock.now(),
  });
  const amazonSimulated = !hasAmazonKeys(config);
  if (amazonSimulated) {
    simulated.push({
      id: 'amazon',
      name: 'Amazon DSP',
      why: 'the five AMAZON_ADS_ settings are not all set',
    });
  }
  const stand = amazonSimulated ? standInOf('Amazon DSP') : null;
  const amazon = createAmazonDspAdapter({
    http,
    credentials: {
      clientId: config.amazonClientId ?? standIn.clientId,
      clientSecret: config.amazonClientSecret ?? standIn.clientSecret,
      refreshToken: config.amazonRefreshToken ?? standIn.refreshToken,
    },
    params: amazonDspParams.parse({
      accountId: config.amazonAccountId ?? standIn.accountId,
      currency: config.amazonCurrency,
      productCategoryIds: config.amazonCategoryIds ?? standIn.productCategoryIds,
      // A tag of this machine can only be fetched by a stand-in on it.
      allowLocalTags: amazonSimulated,
    }),
    baseUrl: stand ? stand.amazonBaseUrl : amazonHosts[config.amazonRegion],
    tokenUrl: stand ? stand.amazonTokenUrl : amazonTokenUrl,
    now: () => clock.now(),
  });
  return {
    generator,
    generatorSimulated,
    dsps: [{ dsp: 'amazon', adapter: amazon, simulated: amazonSimulated }],
    simulated,
  };
}
