import { createDebugToken } from '@cuepoint/contract';
import { DEBUG_HEADER, debugToken } from '../../../kernel/debug-token.ts';
import { type AnyBinding, implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { SigningKeySource } from '../ports.ts';

export interface DebugTokenPorts {
  readonly keys: SigningKeySource;
  /** Address of the public port, which answers tags. */
  readonly publicUrl: string;
  defaultPlacementKey(tx: Tx): Promise<string | null>;
}

/** Tokens that let a signed-in caller see decision and reason in the headers of a tag's answer. */
export function debugTokenOperations({
  keys,
  publicUrl,
  defaultPlacementKey,
}: DebugTokenPorts): AnyBinding[] {
  return [
    implement(
      createDebugToken,
      async ({ expiresInMinutes }, { tx, accountId, now, record }) => {
        const key = (await keys.signingKeys()).find(({ state }) => state === 'active');
        if (!key) throw new Error('no active signing key');
        // Whole seconds, as the token has them: what is said of its end is exact.
        const expiresSeconds = Math.floor(now.getTime() / 1000) + expiresInMinutes * 60;
        const expiresAt = new Date(expiresSeconds * 1000).toISOString();
        const placement = await defaultPlacementKey(tx);
        record({
          entity: { kind: 'account', id: accountId },
          before: null,
          after: null,
          reason: `debug token until ${expiresAt}`,
        });
        return {
          token: debugToken(key, accountId, expiresSeconds),
          header: DEBUG_HEADER,
          expiresAt,
          tagUrl:
            placement === null
              ? `${publicUrl}/vast`
              : `${publicUrl}/vast?pl=${encodeURIComponent(placement)}`,
        };
      },
      { sensitive: true },
    ),
  ];
}
