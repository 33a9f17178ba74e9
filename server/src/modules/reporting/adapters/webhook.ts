import { createHmac, hkdfSync } from 'node:crypto';
import {
  type HttpClient,
  kindOfStatus,
  retryAfterMsOf,
  UpstreamError,
} from '../../../platform/http-client/index.ts';
import type { WebhookPost } from '../schedule-ports.ts';

/**
 * Secrets of webhooks, derived from a key of the installation (RFC 5869), so that none is stored.
 * @param key at least 32 bytes
 */
export function webhookSecrets(key: Uint8Array): (scheduleId: string, version: number) => string {
  return (scheduleId, version) => {
    const derived = hkdfSync('sha256', key, '', `cuepoint-report-webhook.${scheduleId}.${version}`, 32);
    return `whs_${Buffer.from(derived).toString('base64url')}`;
  };
}

/**
 * Posts over the guarded client, signed and under a key that is the same for every attempt.
 * @throws UpstreamError for every answer but 2xx
 */
export function webhookSender(http: HttpClient, now: () => Date): (post: WebhookPost) => Promise<void> {
  return async ({ url, body, secret, idempotencyKey, signal }) => {
    const at = Math.floor(now().getTime() / 1000);
    const tag = createHmac('sha256', secret).update(`${at}.${body}`, 'utf8').digest('hex');
    const answer = await http.request({
      method: 'POST',
      url,
      body,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'cuepoint-signature': `t=${at},v1=${tag}`,
      },
      maxBytes: 64_000,
      // The key makes it so for a receiver that keeps to it.
      idempotent: true,
      ...(signal ? { signal } : {}),
    });
    if (answer.status >= 200 && answer.status < 300) return;
    const kind = answer.status < 400 ? 'rejected' : kindOfStatus(answer.status, true)!;
    const retryAfterMs = retryAfterMsOf(answer.headers, now().getTime());
    throw new UpstreamError(kind, `the receiver answered HTTP ${answer.status}`, {
      status: answer.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  };
}
