import type { HttpClient } from '../../../../platform/http-client/index.ts';
import type {
  AttemptRecord,
  ExternalIds,
  PlatformAdapter,
  ReconcileResult,
  ReviewResult,
  Step,
  StepResult,
  Ticket,
  Traced,
} from '../../ports.ts';
import { checkTicket } from './check.ts';
import { classifyItem, type Verdict } from './classify.ts';
import { amazonDspInfo, amazonHosts, amazonTokenUrl } from './info.ts';
import type { AmazonDspParams } from './params.ts';
import { type DeliveryStatus, reviewOf } from './review.ts';
import { post, type Transport } from './send.ts';
import { type Credentials, createTokenSource } from './token.ts';
import { hasStamp, type Resource, requestOf, stepsOf, subjectOf } from './translate.ts';

export interface AmazonDspOptions {
  http: HttpClient;
  credentials: Credentials;
  params: AmazonDspParams;
  baseUrl?: string;
  tokenUrl?: string;
  now: () => Date;
  /** How long an ambiguous create may still be under way at the platform. */
  settleMs?: number;
}

/** A stop for a search that would read an account without end. */
const maxPages = 50;

type Failure = Exclude<Verdict, { kind: 'ok' }>;

/** `PlatformAdapter` for Amazon DSP over the Amazon Ads API v1 or its stand-in. */
export function createAmazonDspAdapter(options: AmazonDspOptions): PlatformAdapter {
  const { http, credentials, params, now } = options;
  const settleMs = options.settleMs ?? 2_000;
  const transport: Transport = {
    http,
    baseUrl: (options.baseUrl ?? amazonHosts.na).replace(/\/$/, ''),
    clientId: credentials.clientId,
    accountId: params.accountId,
    tokens: createTokenSource(http, options.tokenUrl ?? amazonTokenUrl, credentials, now),
    now,
  };

  async function execute(ticket: Ticket, step: Step, externalIds: ExternalIds): Promise<Traced<StepResult>> {
    const { resource, update } = subjectOf(step);
    const { path, body } = requestOf(ticket, step, externalIds, params, now());
    // Setting a state twice is the same as once; creating twice is not.
    const sent = await post(transport, { step: step.name, kind: 'send', path, body, idempotent: update });
    const last = sent.attempts.at(-1)!;
    const { verdict } = sent;
    if (verdict.kind !== 'ok') return { ...sent, result: failed(verdict, settleMs) };
    const item = classifyItem(verdict.body, resource.singular, update);
    if (item.kind !== 'made') {
      const result = failed(item, settleMs);
      last.outcome = result.outcome;
      last.detail = result.reason;
      return { ...sent, result };
    }
    const externalId = item.object[resource.idField];
    if (typeof externalId !== 'string') {
      const result = failed(
        { kind: 'ambiguous', code: 'answer_unreadable', reason: `the answer has no ${resource.idField}` },
        settleMs,
      );
      last.outcome = result.outcome;
      last.detail = result.reason;
      return { ...sent, result };
    }
    last.detail = `${resource.idField} ${externalId}`;
    return { ...sent, result: { outcome: 'ok', externalId } };
  }

  /** All objects of a query; the API filters by ids and state only, names are compared here. */
  async function queryAll(
    step: string,
    kind: AttemptRecord['kind'],
    resource: Resource,
    filter: Record<string, unknown>,
  ): Promise<
    | { objects: Record<string, unknown>[]; attempts: AttemptRecord[]; simulated: boolean }
    | { failure: Failure; attempts: AttemptRecord[]; simulated: boolean }
  > {
    const objects: Record<string, unknown>[] = [];
    const attempts: AttemptRecord[] = [];
    let simulated = false;
    let nextToken: unknown;
    for (let page = 0; page < maxPages; page += 1) {
      const body = {
        ...filter,
        maxResults: amazonDspInfo.limits.queryPage,
        ...(nextToken === undefined ? {} : { nextToken }),
      };
      const sent = await post(transport, {
        step,
        kind,
        path: `/adsApi/v1/query/${resource.name}`,
        body,
        idempotent: true,
      });
      attempts.push(...sent.attempts);
      simulated = sent.simulated;
      if (sent.verdict.kind !== 'ok') return { failure: sent.verdict, attempts, simulated };
      const listed = sent.verdict.body[resource.name];
      if (Array.isArray(listed)) objects.push(...(listed as Record<string, unknown>[]));
      nextToken = sent.verdict.body.nextToken;
      if (typeof nextToken !== 'string' || nextToken === '') return { objects, attempts, simulated };
    }
    return {
      failure: {
        kind: 'permanent',
        code: 'too_many_objects',
        reason: `more than ${maxPages} pages of ${resource.name}: look at the platform by hand`,
      },
      attempts,
      simulated,
    };
  }

  async function reconcile(
    ticket: Ticket,
    step: Step,
    externalIds: ExternalIds,
  ): Promise<Traced<ReconcileResult>> {
    const { resource } = subjectOf(step);
    const { filter, matches } = searchOf(step, resource, externalIds);
    const found = await queryAll(step.name, 'reconcile', resource, filter);
    const { attempts, simulated } = found;
    const last = attempts.at(-1)!;
    if ('failure' in found) return { result: failedRead(found.failure), attempts, simulated };
    const ids = found.objects
      .filter((object) => object.state !== 'ARCHIVED' && matches(object))
      .flatMap((object) =>
        typeof object[resource.idField] === 'string' ? [object[resource.idField] as string] : [],
      );
    last.outcome = ids.length > 0 ? 'found' : 'not_found';
    last.detail =
      ids.length > 0
        ? `${resource.idField} ${ids.join(', ')}`
        : `nothing with [${step.ourKey}] of ${ticket.campaignName}`;
    const [externalId, ...duplicates] = ids;
    return {
      result:
        externalId === undefined ? { outcome: 'not_found' } : { outcome: 'found', externalId, duplicates },
      attempts,
      simulated,
    };
  }

  async function review(externalIds: ExternalIds): Promise<Traced<ReviewResult>> {
    const attempts: AttemptRecord[] = [];
    const statuses: DeliveryStatus[] = [];
    let simulated = false;
    for (const made of ['ad_group', 'campaign'] as const) {
      const { resource } = subjectOf({ name: made });
      const filter = {
        adProductFilter: { include: ['AMAZON_DSP'] },
        [`${resource.idField}Filter`]: { include: [externalIds[made] ?? ''] },
      };
      const found = await queryAll('review', 'review', resource, filter);
      attempts.push(...found.attempts);
      simulated = found.simulated;
      if ('failure' in found) return { result: failedRead(found.failure), attempts, simulated };
      const [object] = found.objects;
      if (!object) {
        const reason = `the ${resource.singular} ${externalIds[made]} is not at the platform any more`;
        return { result: { outcome: 'permanent', code: 'NOT_FOUND', reason }, attempts, simulated };
      }
      statuses.push((object.status ?? {}) as DeliveryStatus);
    }
    const result = reviewOf(statuses);
    if ('reasons' in result) attempts.at(-1)!.detail = [result.outcome, ...result.reasons].join(' ');
    return { result, attempts, simulated };
  }

  return {
    info: amazonDspInfo,
    check: (ticket, at) => checkTicket(ticket, params, at),
    steps: stepsOf,
    plan: (ticket, at) =>
      stepsOf(ticket).map((step) => {
        const unknown = {
          campaign: '{campaign}',
          ad_group: '{ad_group}',
          ad: '{ad}',
          association: '{association}',
        };
        return { step: step.name, method: 'POST', ...requestOf(ticket, step, unknown, params, at) };
      }),
    execute,
    reconcile,
    review,
  };
}

/** How a create step's object is told from others. An association has no name: it is its two ends. */
function searchOf(
  step: Step,
  resource: Resource,
  ids: ExternalIds,
): { filter: Record<string, unknown>; matches: (object: Record<string, unknown>) => boolean } {
  if (resource.name === 'adAssociations') {
    return {
      filter: { adIdFilter: { include: [ids.ad ?? ''] } },
      matches: (object) => object.adId === ids.ad && object.adGroupId === ids.ad_group,
    };
  }
  const parent = resource.name === 'adGroups' ? { campaignIdFilter: { include: [ids.campaign ?? ''] } } : {};
  return {
    filter: { adProductFilter: { include: ['AMAZON_DSP'] }, ...parent },
    matches: (object) => hasStamp(object.name, step.ourKey),
  };
}

function failed(verdict: Failure, settleMs: number): Exclude<StepResult, { outcome: 'ok' }> {
  const { code, reason } = verdict;
  if (verdict.kind === 'ambiguous') return { outcome: 'ambiguous', code, reason, retryAfterMs: settleMs };
  return failedRead(verdict);
}

function failedRead(
  verdict: Failure,
):
  | { outcome: 'retry'; code: string; reason: string; retryAfterMs?: number }
  | { outcome: 'permanent'; code: string; reason: string } {
  const { kind, code, reason } = verdict;
  if (kind === 'permanent' || kind === 'unauthorised') return { outcome: 'permanent', code, reason };
  const retryAfterMs = kind === 'retry' ? verdict.retryAfterMs : undefined;
  return { outcome: 'retry', code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
