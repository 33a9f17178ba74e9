import { randomBytes } from 'node:crypto';
import { getProfile, type OutputOf, signIn, signInWithLink, signOut } from '@cuepoint/contract';
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { AppError } from '../../../kernel/app-error.ts';
import { type HandlerContext, implement, implementPrepared } from '../../../kernel/implement.ts';
import { type Principal, permissionsOf } from '../../../kernel/principal.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { asRole } from '../authentication.ts';
import { hashToken, newToken } from '../domain/secrets.ts';
import { addressLimits, afterFailure, emailLimits, type ThrottleLimits, waitMs } from '../domain/throttle.ts';
import type { AccountsPorts } from '../ports.ts';
import {
  accountTable,
  appUserTable,
  membershipTable,
  sessionTable,
  signInLinkTable,
  signInThrottleTable,
} from '../tables.ts';

type Profile = OutputOf<typeof getProfile>;

const sessionMs = 7 * 24 * 3_600_000;

export function signInOperations(ports: AccountsPorts) {
  // Verified when the e-mail is unknown, so that both answers take the same time.
  const decoy = ports.passwords.hash(randomBytes(24).toString('base64url'));

  return [
    implementPrepared(
      signIn,
      async ({ email, password }, { call }) => {
        const now = ports.clock.now();
        const keys: Array<[string, ThrottleLimits]> = [
          [`email:${hashToken(email.toLowerCase())}`, emailLimits],
          [`address:${call.clientAddress ?? 'local'}`, addressLimits],
        ];
        const user = await ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
          for (const [key] of keys) {
            await lockThrottle(tx, key);
            const wait = waitMs(await throttleOf(tx, key), now);
            if (wait > 0) {
              throw new AppError(
                'rate.limited',
                `Too many failed sign-ins; wait ${Math.ceil(wait / 1000)} s.`,
                { retryAfterMs: wait },
              );
            }
          }
          // Counted before the password is looked at: of a hundred tries at once, no more than allowed get through.
          for (const [key, limits] of keys) {
            const next = afterFailure(await throttleOf(tx, key), limits, now);
            await tx
              .insert(signInThrottleTable)
              .values({ key, ...next })
              .onConflictDoUpdate({ target: signInThrottleTable.key, set: next });
          }
          const [row] = await tx
            .select({ id: appUserTable.id, passwordHash: appUserTable.passwordHash })
            .from(appUserTable)
            .where(eq(sql`lower(${appUserTable.email})`, email.toLowerCase()));
          return row ?? null;
        });
        const verified = await ports.passwords.verify(user?.passwordHash ?? (await decoy), password);
        const accepted = verified && user?.passwordHash ? user.id : null;
        if (accepted !== null) {
          await ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
            const [[emailKey], [addressKey]] = keys as [[string, ThrottleLimits], [string, ThrottleLimits]];
            await tx.delete(signInThrottleTable).where(eq(signInThrottleTable.key, emailKey));
            // One right password takes back its own try, not the failures of others at the same address.
            await tx
              .update(signInThrottleTable)
              .set({ failures: sql`greatest(0, ${signInThrottleTable.failures} - 1)`, blockedUntil: null })
              .where(eq(signInThrottleTable.key, addressKey));
          });
        }
        return accepted;
      },
      async (_input, context, userId) => {
        if (userId === null) return context.fail('auth.invalid', 'E-mail or password not accepted.');
        const profile = await startSession(userId, null, context, ports);
        return profile ?? context.fail('auth.invalid', 'E-mail or password not accepted.');
      },
    ),
    implement(
      signInWithLink,
      async ({ token }, context) => {
        const [link] = await context.tx
          .update(signInLinkTable)
          .set({ usedAt: context.now })
          .where(
            and(
              eq(signInLinkTable.tokenHash, hashToken(token)),
              isNull(signInLinkTable.usedAt),
              gt(signInLinkTable.expiresAt, context.now),
            ),
          )
          .returning();
        if (!link)
          return context.fail(
            'auth.link_expired',
            'This sign-in link has expired, was used, or was never made.',
          );
        const profile = await startSession(link.userId, link.accountId, context, ports);
        return profile ?? context.fail('auth.link_expired', 'The member of this sign-in link is disabled.');
      },
      { role: 'signin' },
    ),
    implement(
      signOut,
      async (_input, context) => {
        if (context.principal.sessionId) {
          await context.tx
            .delete(sessionTable)
            .where(eq(sessionTable.tokenHash, context.principal.sessionId));
        }
        context.session({ end: true });
        return { signedOut: true as const };
      },
      { role: 'signin' },
    ),
    implement(getProfile, async (_input, context) => profileOf(context.principal, context.tx), {
      role: 'signin',
    }),
  ].map((binding) => ({ ...binding, role: 'signin' as const }));
}

/** Tries for one key take turns, also when the key has no row yet. */
async function lockThrottle(tx: Tx, key: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

async function throttleOf(tx: Tx, key: string) {
  const [row] = await tx.select().from(signInThrottleTable).where(eq(signInThrottleTable.key, key));
  return row ?? null;
}

async function startSession(
  userId: string,
  accountId: string | null,
  context: Pick<HandlerContext, 'tx' | 'now' | 'call' | 'session' | 'principal'>,
  ports: AccountsPorts,
): Promise<Profile | null> {
  const { tx, now } = context;
  const memberships = await tx
    .select()
    .from(membershipTable)
    .where(and(eq(membershipTable.userId, userId), eq(membershipTable.disabled, false)))
    .orderBy(asc(membershipTable.createdAt));
  const membership = memberships.find((row) => accountId === null || row.accountId === accountId);
  if (!membership) return null;
  // A browser has one session: the one it came with ends here.
  if (context.principal.sessionId) {
    await tx.delete(sessionTable).where(eq(sessionTable.tokenHash, context.principal.sessionId));
  }
  const token = newToken(ports.random, 'cps');
  const expiresAt = new Date(now.getTime() + sessionMs);
  await tx.insert(sessionTable).values({
    tokenHash: hashToken(token),
    userId,
    accountId: membership.accountId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt,
    clientAddress: context.call.clientAddress,
    userAgent: context.call.userAgent,
  });
  const [user] = await tx
    .update(appUserTable)
    .set({ lastSignInAt: now })
    .where(eq(appUserTable.id, userId))
    .returning();
  context.session({ start: { token, expiresAt } });
  const role = asRole(membership.role);
  return profileOf(
    {
      kind: 'user',
      id: userId,
      name: user!.displayName,
      accountId: membership.accountId,
      role,
      permissions: permissionsOf(role),
      sessionExpiresAt: expiresAt,
    },
    tx,
  );
}

async function profileOf(principal: Principal, tx: Tx): Promise<Profile> {
  const isUser = principal.kind === 'user';
  const [user] = isUser ? await tx.select().from(appUserTable).where(eq(appUserTable.id, principal.id)) : [];
  const accounts = await tx
    .select({ id: accountTable.id, name: accountTable.name, role: membershipTable.role })
    .from(accountTable)
    .innerJoin(membershipTable, eq(membershipTable.accountId, accountTable.id))
    .where(
      isUser
        ? and(eq(membershipTable.userId, principal.id), eq(membershipTable.disabled, false))
        : eq(accountTable.id, principal.accountId ?? ''),
    );
  const [account] = await tx
    .select()
    .from(accountTable)
    .where(eq(accountTable.id, principal.accountId ?? ''));
  if (!account) throw new Error(`account ${principal.accountId} of a signed-in principal does not exist`);
  const current = { id: account.id, name: account.name, role: principal.role ?? 'viewer' };
  return {
    userId: isUser ? principal.id : null,
    email: user?.email ?? null,
    displayName: principal.name,
    account: current,
    accounts: isUser ? accounts.map((row) => ({ ...row, role: asRole(row.role) })) : [current],
    permissions: [...principal.permissions],
    via: principal.kind === 'user' ? 'session' : principal.kind === 'api_key' ? 'api_key' : 'local',
    sessionExpiresAt: principal.sessionExpiresAt?.toISOString() ?? null,
  };
}
