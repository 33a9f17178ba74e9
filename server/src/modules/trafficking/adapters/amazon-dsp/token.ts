import { z } from 'zod';
import {
  type HttpClient,
  kindOfStatus,
  retryAfterMsOf,
  UpstreamError,
} from '../../../../platform/http-client/index.ts';

export interface Credentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
}

/** Access tokens of Login with Amazon: kept until shortly before they expire, fetched once for all who wait. */
export interface TokenSource {
  /** @throws UpstreamError */
  get(): Promise<string>;
  /** The platform refused this token before its time. */
  forget(token: string): void;
}

const marginMs = 60_000;
const granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

export function createTokenSource(
  http: HttpClient,
  url: string,
  credentials: Credentials,
  now: () => Date,
): TokenSource {
  let held: { token: string; until: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const answer = await http.request({
      method: 'POST',
      url,
      idempotent: true,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        refresh_token: credentials.refreshToken,
      }).toString(),
    });
    const kind = kindOfStatus(answer.status, true);
    if (kind !== undefined) {
      const retryAfterMs = retryAfterMsOf(answer.headers, now().getTime());
      // A refused grant is 400 in OAuth: what is refused is who we are.
      throw new UpstreamError(
        kind === 'rejected' ? 'unauthorised' : kind,
        `Login with Amazon answered HTTP ${answer.status}`,
        {
          code: 'token_refused',
          status: answer.status,
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        },
      );
    }
    const parsed = granted.safeParse(readJson(answer.text()));
    if (!parsed.success)
      throw new UpstreamError('unavailable', 'Login with Amazon answered without a token', {
        code: 'token_unreadable',
      });
    held = {
      token: parsed.data.access_token,
      until: now().getTime() + parsed.data.expires_in * 1_000 - marginMs,
    };
    return held.token;
  }

  return {
    async get() {
      if (held && held.until > now().getTime()) return held.token;
      fetching ??= fetchToken().finally(() => {
        fetching = undefined;
      });
      return fetching;
    },
    forget(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
