import { randomBytes } from 'node:crypto';
import type { Answer, Asked } from '../http.ts';
import type { AmazonSettings } from './settings.ts';

export interface Tokens {
  /** `POST /auth/o2/token`, Login with Amazon. */
  grant(asked: Asked, expiresAtMs: number): Promise<Answer>;
  valid(token: string, nowMs: number): boolean;
}

export function createTokens(settings: AmazonSettings): Tokens {
  const expiries = new Map<string, number>();
  const refused = (status: number, error: string, description: string): Answer => ({
    status,
    json: { error, error_description: description },
  });
  return {
    async grant(asked, expiresAtMs) {
      const form = new URLSearchParams((await asked.body(16_384)).toString('utf8'));
      const given = (name: string) => form.get(name) ?? '';
      const fits = (name: string, expected: string | null) =>
        given(name) !== '' && (expected === null || given(name) === expected);
      if (given('grant_type') !== 'refresh_token') {
        return refused(400, 'unsupported_grant_type', 'this stand-in takes grant_type=refresh_token');
      }
      if (!fits('client_id', settings.clientId) || !fits('client_secret', settings.clientSecret)) {
        return refused(401, 'invalid_client', 'client authentication failed');
      }
      if (!fits('refresh_token', settings.refreshToken))
        return refused(400, 'invalid_grant', 'the refresh token is not valid');
      const token = `Atza|sandbox-${randomBytes(24).toString('base64url')}`;
      expiries.set(token, expiresAtMs);
      return {
        status: 200,
        json: {
          access_token: token,
          refresh_token: given('refresh_token'),
          token_type: 'bearer',
          expires_in: Math.floor(settings.tokenLifeMs / 1000),
        },
      };
    },
    valid: (token, nowMs) => (expiries.get(token) ?? 0) > nowMs,
  };
}
