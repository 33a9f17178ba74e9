import { type Permission, type Role, roles } from '@cuepoint/contract';
import { and, eq, gt, isNull, or } from 'drizzle-orm';
import { anonymous, type Principal, permissionsOf } from '../../kernel/principal.ts';
import { hashToken, isApiKeyShaped } from './domain/secrets.ts';
import type { AccountsPorts } from './ports.ts';
import { apiKeyTable, appUserTable, membershipTable, sessionTable } from './tables.ts';

const touchEveryMs = 60_000;

export interface Authenticator {
  bySession(token: string): Promise<Principal>;
  byApiKey(secret: string): Promise<Principal>;
}

/** Finds who a token belongs to. An unknown, expired or revoked one is nobody. */
export function createAuthenticator(ports: AccountsPorts): Authenticator {
  return {
    async bySession(token) {
      const now = ports.clock.now();
      return ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
        const [row] = await tx
          .select({
            tokenHash: sessionTable.tokenHash,
            expiresAt: sessionTable.expiresAt,
            lastSeenAt: sessionTable.lastSeenAt,
            userId: appUserTable.id,
            name: appUserTable.displayName,
            accountId: membershipTable.accountId,
            role: membershipTable.role,
          })
          .from(sessionTable)
          .innerJoin(
            membershipTable,
            and(
              eq(membershipTable.userId, sessionTable.userId),
              eq(membershipTable.accountId, sessionTable.accountId),
            ),
          )
          .innerJoin(appUserTable, eq(appUserTable.id, sessionTable.userId))
          .where(
            and(
              eq(sessionTable.tokenHash, hashToken(token)),
              gt(sessionTable.expiresAt, now),
              eq(membershipTable.disabled, false),
            ),
          );
        if (!row) return anonymous;
        if (now.getTime() - row.lastSeenAt.getTime() > touchEveryMs) {
          await tx
            .update(sessionTable)
            .set({ lastSeenAt: now })
            .where(eq(sessionTable.tokenHash, row.tokenHash));
        }
        const role = asRole(row.role);
        return {
          kind: 'user',
          id: row.userId,
          name: row.name,
          accountId: row.accountId,
          role,
          permissions: permissionsOf(role),
          sessionId: row.tokenHash,
          sessionExpiresAt: row.expiresAt,
        };
      });
    },

    async byApiKey(secret) {
      if (!isApiKeyShaped(secret)) return anonymous;
      const now = ports.clock.now();
      return ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
        const [row] = await tx
          .select()
          .from(apiKeyTable)
          .where(
            and(
              eq(apiKeyTable.secretHash, hashToken(secret)),
              isNull(apiKeyTable.revokedAt),
              or(isNull(apiKeyTable.expiresAt), gt(apiKeyTable.expiresAt, now)),
            ),
          );
        if (!row) return anonymous;
        if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > touchEveryMs) {
          await tx.update(apiKeyTable).set({ lastUsedAt: now }).where(eq(apiKeyTable.id, row.id));
        }
        const role = asRole(row.role);
        const permissions = permissionsOf(role, row.scopes);
        return {
          kind: 'api_key',
          id: row.id,
          name: row.name,
          accountId: row.accountId,
          role,
          permissions,
          granted: new Set(row.scopes as Permission[]),
        };
      });
    },
  };
}

export function asRole(text: string): Role {
  const role = roles.find((candidate) => candidate === text);
  if (!role) throw new Error(`unknown role ${text} in the database`);
  return role;
}
