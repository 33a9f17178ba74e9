import { type Answer, type Asked, isObject, jsonObject } from '../http.ts';
import type { Platform, PlatformContext } from '../platform.ts';
import { createAssetDesk, type VideoAsset } from './assets.ts';
import { queryAnswer, queryPage } from './query.ts';
import { checkRelations } from './relations.ts';
import { type Resource, type ResourceName, resources } from './resources.ts';
import { deliveryStatusOf, verdictOf } from './review.ts';
import { check, type Finding } from './rules.ts';
import type { AmazonSettings } from './settings.ts';
import { createAmazonStore, type Stored } from './store.ts';
import { createTokens } from './tokens.ts';

const codeOfStatus: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'CONTENT_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
};
const whole = (status: number, message: string): Answer => ({
  status,
  json: { code: codeOfStatus[status] ?? 'INTERNAL_ERROR', message },
});

type ItemResult = { success: unknown } | { error: { index: number; errors: Finding[] } };

/** Amazon Ads API v1 for Amazon DSP: create, update and query of the four resources, assets, token, review. */
export function createAmazonPlatform(context: PlatformContext, settings: AmazonSettings): Platform {
  const { clock, journal } = context;
  const store = createAmazonStore(journal);
  const assets = createAssetDesk(context, settings);
  const tokens = createTokens(settings);

  const show = (stored: Stored) => {
    const status = deliveryStatusOf(stored, {
      store,
      settings,
      nowMs: clock.nowMs(),
      wallMs: clock.wall().getTime(),
    });
    return status ? { ...stored.fields, status } : stored.fields;
  };
  const relations = (accountId: string) => ({
    store,
    accountId,
    wallMs: clock.wall().getTime(),
    hasAsset: assets.has,
  });

  function create(resource: Resource, accountId: string, item: unknown, index: number): ItemResult {
    const at = `${resource.name}[${index}]`;
    let errors = check(resource.create, item, at);
    if (errors.length === 0 && isObject(item))
      errors = checkRelations(resource.name, item, at, relations(accountId));
    if (errors.length > 0 || !isObject(item)) return { error: { index, errors: errors.slice(0, 20) } };
    const reviewEndsAtMs = resource.name === 'ads' ? clock.nowMs() + settings.reviewMs : 0;
    const stored = store.insert(resource.name, accountId, item, clock.wall().toISOString(), reviewEndsAtMs);
    return { success: { index, [resource.singular]: show(stored) } };
  }

  function update(resource: Resource, accountId: string, item: unknown, index: number): ItemResult {
    const at = `${resource.name}[${index}]`;
    const refused = (errors: Finding[]): ItemResult => ({ error: { index, errors } });
    const errors = check(resource.update, item, at);
    if (errors.length > 0 || !isObject(item)) return refused(errors.slice(0, 20));
    const stored = store.find(resource.name, accountId, String(item[resource.idField]));
    if (!stored) {
      return refused([
        { code: 'RESOURCE_ID_NOT_FOUND', message: 'no such id', fieldLocation: `${at}.${resource.idField}` },
      ]);
    }
    if (item.creative !== undefined) {
      const merged = { ...stored.fields, ...item };
      const mismatch = checkRelations('ads', merged, at, relations(accountId));
      if (mismatch.length > 0) return refused(mismatch);
      stored.reviewEndsAtMs = clock.nowMs() + settings.reviewMs;
    }
    store.update(stored, item, clock.wall().toISOString());
    return { success: { index, [resource.singular]: show(stored) } };
  }

  /** 207 with `success` and `error` by index, even when every item failed. */
  async function mutate(
    asked: Asked,
    resource: Resource,
    accountId: string,
    each: typeof create,
  ): Promise<Answer> {
    const body = await jsonObject(asked);
    const items = body?.[resource.name];
    if (!body || Object.keys(body).length !== 1 || !Array.isArray(items))
      return whole(400, `expected {"${resource.name}": [...]}`);
    if (items.length < 1 || items.length > resource.batchMax) {
      return whole(400, `${resource.name} must hold 1 to ${resource.batchMax} items`);
    }
    const results = items.map((item, index) => each(resource, accountId, item, index));
    return {
      status: 207,
      json: {
        success: results.flatMap((result) => ('success' in result ? [result.success] : [])),
        error: results.flatMap((result) => ('error' in result ? [result.error] : [])),
      },
    };
  }

  async function ads(asked: Asked): Promise<Answer> {
    const [, verb, name] = /^\/adsApi\/v1\/([a-z]+)\/([A-Za-z]+)$/.exec(asked.path) ?? [];
    const resource =
      name !== undefined && Object.hasOwn(resources, name) ? resources[name as ResourceName] : undefined;
    if (!resource || asked.method !== 'POST') return whole(404, `no operation ${asked.method} ${asked.path}`);
    if ((asked.headers['amazon-ads-clientid'] ?? '') === '')
      return whole(401, 'header Amazon-Ads-ClientId is required');
    const accountId = asked.headers['amazon-ads-accountid'] ?? '';
    if (accountId === '') return whole(401, 'header Amazon-Ads-AccountId is required');
    switch (verb) {
      case 'create':
        return mutate(asked, resource, accountId, create);
      case 'update':
        return mutate(asked, resource, accountId, update);
      case 'query': {
        const body = await jsonObject(asked);
        if (!body) return whole(400, 'expected a JSON object');
        const page = queryPage(resource, body, store.list(resource.name, accountId));
        return 'refused' in page ? whole(400, page.refused) : queryAnswer(resource, page, show);
      }
      default:
        return whole(404, `no operation ${verb} for ${name}`);
    }
  }

  return {
    name: 'amazon',
    async handle(asked) {
      if (asked.method === 'POST' && asked.path === '/auth/o2/token')
        return tokens.grant(asked, clock.nowMs() + clock.lasting(settings.tokenLifeMs));
      // The upload address is presigned: it takes no bearer token.
      if (!asked.path.startsWith('/uploads/')) {
        const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1];
        if (token === undefined || !tokens.valid(token, clock.nowMs()))
          return whole(401, 'the access token is missing or has expired');
      }
      return (await assets.handle(asked)) ?? ads(asked);
    },
    errorAnswer: whole,
    restore(records) {
      for (const { kind, value } of records) {
        if (kind === 'amazon.object') {
          const stored = value as Stored;
          // The virtual clock starts anew: what was made a while ago has been reviewed meanwhile.
          const ageMs = clock.wall().getTime() - Date.parse(String(stored.fields.creationDateTime));
          store.restore({ ...stored, reviewEndsAtMs: ageMs < settings.reviewMs ? settings.reviewMs : 0 });
        }
        if (kind === 'amazon.asset') assets.restore(value as VideoAsset);
      }
    },
    state: () => ({
      duplicates: store.duplicates(),
      objects: store.all().map((stored) => ({
        kind: stored.kind,
        accountId: stored.accountId,
        ...(stored.kind === 'ads' ? { verdict: verdictOf(stored, clock.nowMs(), settings) } : {}),
        ...(show(stored) as Record<string, unknown>),
      })),
      assets: assets.state(),
    }),
    reset() {
      store.clear();
      assets.clear();
    },
    close: async () => undefined,
  };
}
