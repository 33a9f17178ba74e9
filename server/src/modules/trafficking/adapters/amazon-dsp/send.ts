import { type HttpClient, type HttpResponse, UpstreamError } from '../../../../platform/http-client/index.ts';
import { redact } from '../../domain/redact.ts';
import type { AttemptRecord } from '../../ports.ts';
import { classifyAnswer, classifyError, jsonObject, type Verdict } from './classify.ts';
import type { TokenSource } from './token.ts';

export interface Transport {
  http: HttpClient;
  baseUrl: string;
  clientId: string;
  accountId: string;
  tokens: TokenSource;
  now: () => Date;
}

export interface Sent {
  verdict: Verdict;
  attempts: AttemptRecord[];
  simulated: boolean;
}

/**
 * One POST of the Ads API. When the answer is that the access token does not hold, it is refreshed and the request sent
 * once more: it was refused at the door, so nothing was made.
 */
export async function post(
  transport: Transport,
  what: { step: string; kind: AttemptRecord['kind']; path: string; body: unknown; idempotent: boolean },
): Promise<Sent> {
  const attempts: AttemptRecord[] = [];
  const first = await postOnce(transport, what, attempts);
  if (first.verdict.kind !== 'unauthorised') return first;
  if (first.token !== undefined) {
    transport.tokens.forget(first.token);
    attempts.at(-1)!.detail += '; the access token is refreshed';
    const second = await postOnce(transport, what, attempts);
    if (second.verdict.kind !== 'unauthorised') return second;
  }
  const { code, reason } = first.verdict;
  return { ...first, verdict: { kind: 'permanent', code, reason } };
}

async function postOnce(
  { http, baseUrl, clientId, accountId, tokens, now }: Transport,
  { step, kind, path, body, idempotent }: Parameters<typeof post>[1],
  attempts: AttemptRecord[],
): Promise<Sent & { token?: string }> {
  const url = `${baseUrl}${path}`;
  const startedAt = now();
  const started = performance.now();
  const record = (verdict: Verdict, answer?: HttpResponse): Sent => {
    const response = answer === undefined ? null : (jsonObject(answer) ?? answer.text().slice(0, 500));
    const simulated = typeof response === 'object' && response !== null && response._simulated === true;
    attempts.push({
      step,
      kind,
      method: 'POST',
      url,
      request: redact(body),
      response: redact(response),
      httpStatus: answer?.status ?? null,
      outcome: verdict.kind === 'unauthorised' ? 'retry' : verdict.kind,
      detail: verdict.kind === 'ok' ? '' : verdict.reason,
      simulated,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round((performance.now() - started) * 100) / 100,
    });
    return { verdict, attempts, simulated };
  };

  let token: string;
  try {
    token = await tokens.get();
  } catch (error) {
    return record(classifyError(error));
  }
  let answer: HttpResponse;
  try {
    answer = await http.request({
      method: 'POST',
      url,
      idempotent,
      headers: {
        authorization: `Bearer ${token}`,
        'amazon-ads-clientid': clientId,
        'amazon-ads-accountid': accountId,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify(body),
    });
  } catch (error) {
    if (!UpstreamError.is(error)) throw error;
    return record(classifyError(error));
  }
  return { ...record(classifyAnswer(answer, idempotent, now().getTime()), answer), token };
}
