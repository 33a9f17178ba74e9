import { createSignInLink, createUser, listUsers, type OutputOf, updateUser } from '@cuepoint/contract';
import { and, count, eq, gt, ne, or, sql } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement, implementPrepared } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { asRole } from '../authentication.ts';
import { hashToken, newToken } from '../domain/secrets.ts';
import type { AccountsPorts } from '../ports.ts';
import { appUserTable, membershipTable, sessionTable, signInLinkTable } from '../tables.ts';

type User = OutputOf<typeof createUser>;

const linkMs = 15 * 60_000;

export function memberOperations(ports: AccountsPorts) {
  return [
    implement(
      listUsers,
      async ({ limit, cursor }, { tx, accountId }) => {
        const after = decodeCursor(cursor);
        const rows = await members(
          tx,
          accountId,
          after
            ? or(
                gt(appUserTable.displayName, after.key),
                and(eq(appUserTable.displayName, after.key), gt(appUserTable.id, after.id)),
              )
            : undefined,
          limit + 1,
        );
        const [total] = await tx
          .select({ n: count() })
          .from(membershipTable)
          .where(eq(membershipTable.accountId, accountId));
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        return {
          items,
          nextCursor:
            rows.length > limit && last ? encodeCursor({ key: last.displayName, id: last.id }) : null,
          total: total!.n,
        };
      },
      { role: 'signin' },
    ),

    {
      ...implementPrepared(
        createUser,
        async ({ password }) => (password === undefined ? null : ports.passwords.hash(password)),
        async (input, context, passwordHash) => {
          const { tx, accountId, now } = context;
          const [known] = await tx
            .select({ id: appUserTable.id })
            .from(appUserTable)
            .where(eq(sql`lower(${appUserTable.email})`, input.email.toLowerCase()));
          const userId = known?.id ?? ports.ids.next('user');
          if (!known) {
            await tx.insert(appUserTable).values({
              id: userId,
              email: input.email,
              displayName: input.displayName,
              passwordHash,
              createdAt: now,
              updatedAt: now,
            });
          }
          const added = await tx
            .insert(membershipTable)
            .values({ accountId, userId, role: input.role, createdAt: now, updatedAt: now })
            .onConflictDoNothing()
            .returning();
          if (added.length === 0) return context.fail('user.exists', `${input.email} is already a member.`);
          const user = (await member(tx, accountId, userId))!;
          context.record({ entity: { kind: 'user', id: userId }, before: null, after: user });
          return user;
        },
      ),
      role: 'signin' as const,
    },

    implement(
      updateUser,
      async (input, context) => {
        const { tx, accountId, now } = context;
        const before = await member(tx, accountId, input.userId);
        if (!before) return context.fail('user.not_found', `No member ${input.userId} in this account.`);
        context.checkVersion(before.version);
        const role = input.role ?? before.role;
        const disabled = input.disabled ?? before.disabled;
        if (before.role === 'admin' && (role !== 'admin' || disabled)) {
          const [others] = await tx
            .select({ n: count() })
            .from(membershipTable)
            .where(
              and(
                eq(membershipTable.accountId, accountId),
                eq(membershipTable.role, 'admin'),
                eq(membershipTable.disabled, false),
                ne(membershipTable.userId, input.userId),
              ),
            );
          if (others!.n === 0) return context.fail('user.last_admin', `${before.email} is the only admin.`);
        }
        await tx
          .update(membershipTable)
          .set({ role, disabled, version: before.version + 1, updatedAt: now })
          .where(and(eq(membershipTable.accountId, accountId), eq(membershipTable.userId, input.userId)));
        // A changed right ends the sessions that were opened under the old one.
        await tx
          .delete(sessionTable)
          .where(and(eq(sessionTable.accountId, accountId), eq(sessionTable.userId, input.userId)));
        const after = (await member(tx, accountId, input.userId))!;
        context.record({ entity: { kind: 'user', id: input.userId }, before, after });
        return after;
      },
      { role: 'signin' },
    ),

    implement(
      createSignInLink,
      async ({ email }, context) => {
        const { tx, accountId, now } = context;
        const wanted = email?.toLowerCase();
        const all = await members(tx, accountId, undefined, 1000);
        const user = all.find((row) =>
          wanted
            ? row.email.toLowerCase() === wanted
            : context.principal.kind === 'user'
              ? row.id === context.principal.id
              : row.role === 'admin',
        );
        if (!user || user.disabled)
          return context.fail('user.not_found', `No active member ${email ?? ''} in this account.`);
        const link = await makeSignInLink(tx, { accountId, userId: user.id, now }, ports);
        context.record({
          entity: { kind: 'user', id: user.id },
          before: null,
          after: null,
          reason: 'sign-in link made',
        });
        return { ...link, email: user.email };
      },
      { role: 'signin', sensitive: true },
    ),
  ];
}

/** A one-time link; the token travels in the fragment, so that no server or proxy logs it. */
export async function makeSignInLink(
  tx: Tx,
  { accountId, userId, now }: { accountId: string; userId: string; now: Date },
  ports: AccountsPorts,
): Promise<{ url: string; expiresAt: string }> {
  const token = newToken(ports.random, 'cpl');
  const expiresAt = new Date(now.getTime() + linkMs);
  await tx
    .insert(signInLinkTable)
    .values({ tokenHash: hashToken(token), userId, accountId, createdAt: now, expiresAt });
  return { url: `${ports.publicUrl}/sign-in/link#${token}`, expiresAt: expiresAt.toISOString() };
}

async function member(tx: Tx, accountId: string, userId: string): Promise<User | null> {
  const [row] = await members(tx, accountId, eq(appUserTable.id, userId), 1);
  return row ?? null;
}

async function members(
  tx: Tx,
  accountId: string,
  condition: Parameters<typeof and>[0],
  limit: number,
): Promise<User[]> {
  const rows = await tx
    .select({
      id: appUserTable.id,
      email: appUserTable.email,
      displayName: appUserTable.displayName,
      role: membershipTable.role,
      disabled: membershipTable.disabled,
      lastSignInAt: appUserTable.lastSignInAt,
      version: membershipTable.version,
      createdAt: membershipTable.createdAt,
      updatedAt: membershipTable.updatedAt,
    })
    .from(membershipTable)
    .innerJoin(appUserTable, eq(appUserTable.id, membershipTable.userId))
    // The signin role sees every account: the fence stands here.
    .where(and(eq(membershipTable.accountId, accountId), condition))
    .orderBy(appUserTable.displayName, appUserTable.id)
    .limit(limit);
  return rows.map((row) => ({
    ...row,
    role: asRole(row.role),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}
