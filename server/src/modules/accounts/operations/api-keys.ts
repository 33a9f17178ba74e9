import { createApiKey, listApiKeys, type OutputOf, revokeApiKey } from '@cuepoint/contract';
import { count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { asRole } from '../authentication.ts';
import { hashToken, newApiKey } from '../domain/secrets.ts';
import type { AccountsPorts } from '../ports.ts';
import { apiKeyTable } from '../tables.ts';

type ApiKey = OutputOf<typeof revokeApiKey>;
type Row = typeof apiKeyTable.$inferSelect;

export function apiKeyOperations(ports: AccountsPorts) {
  return [
    implement(
      createApiKey,
      async (input, context) => {
        const { tx, accountId, now } = context;
        const secret = newApiKey(ports.random);
        const [row] = await tx
          .insert(apiKeyTable)
          .values({
            id: ports.ids.next('apiKey'),
            accountId,
            name: input.name,
            prefix: secret.slice(0, 12),
            secretHash: hashToken(secret),
            role: input.role,
            scopes: input.scopes,
            expiresAt: new Date(now.getTime() + input.expiresInDays * 86_400_000),
            createdBy: context.principal.id,
            createdAt: now,
            updatedAt: now,
          })
          .returning();
        const apiKey = show(row!);
        context.record({ entity: { kind: 'api_key', id: apiKey.id }, before: null, after: apiKey });
        return { apiKey, secret };
      },
      { sensitive: true },
    ),

    implement(listApiKeys, async (input, { tx }) => {
      const page = newestFirst(input, { at: apiKeyTable.createdAt, id: apiKeyTable.id });
      const rows = await tx
        .select()
        .from(apiKeyTable)
        .where(page.beyond)
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(apiKeyTable);
      const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
      return { items: shown.map(show), nextCursor, total: total!.n };
    }),

    implement(revokeApiKey, async ({ apiKeyId }, context) => {
      const { tx, now } = context;
      const [row] = await tx.select().from(apiKeyTable).where(eq(apiKeyTable.id, apiKeyId));
      if (!row) return context.fail('api_key.not_found', `No API key ${apiKeyId} in this account.`);
      const [revoked] = await tx
        .update(apiKeyTable)
        .set({ revokedAt: row.revokedAt ?? now, version: row.version + 1, updatedAt: now })
        .where(eq(apiKeyTable.id, apiKeyId))
        .returning();
      const after = show(revoked!);
      context.record({ entity: { kind: 'api_key', id: apiKeyId }, before: show(row), after });
      return after;
    }),
  ];
}

function show(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    role: asRole(row.role),
    scopes: row.scopes,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
