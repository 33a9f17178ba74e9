import { asc, eq } from 'drizzle-orm';
import { type Principal, permissionsOf } from '../../kernel/principal.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { makeSignInLink } from './operations/members.ts';
import type { AccountsPorts } from './ports.ts';
import { accountTable, appUserTable, membershipTable } from './tables.ts';

export interface FirstAccount {
  accountId: string;
  userId: string;
  email: string;
  created: boolean;
}

export interface AccountsService {
  /** The account of a fresh installation with one admin, made once. */
  ensureFirstAccount(first: { name: string; email: string }): Promise<FirstAccount>;
  signInLinkFor(userId: string, accountId: string): Promise<{ url: string; expiresAt: string }>;
  accountIds(): Promise<string[]>;
  /** The command line on the machine of the data directory acts as admin of the first account. */
  localPrincipal(): Promise<Principal>;
}

export function createAccountsService(ports: AccountsPorts): AccountsService {
  const firstAccount = () =>
    ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
      const [row] = await tx
        .select({ accountId: accountTable.id, userId: appUserTable.id, email: appUserTable.email })
        .from(accountTable)
        .innerJoin(membershipTable, eq(membershipTable.accountId, accountTable.id))
        .innerJoin(appUserTable, eq(appUserTable.id, membershipTable.userId))
        .where(eq(membershipTable.role, 'admin'))
        .orderBy(asc(accountTable.createdAt), asc(membershipTable.createdAt))
        .limit(1);
      return row ?? null;
    });

  return {
    async ensureFirstAccount({ name, email }) {
      const known = await firstAccount();
      if (known) return { ...known, created: false };
      const accountId = ports.ids.next('account');
      const userId = ports.ids.next('user');
      const now = ports.clock.now();
      await ports.unitOfWork.withTransaction({ role: 'signin' }, async (tx) => {
        await tx.insert(accountTable).values({ id: accountId, name, createdAt: now, updatedAt: now });
        await tx
          .insert(appUserTable)
          .values({ id: userId, email, displayName: 'Administrator', createdAt: now, updatedAt: now });
        await tx
          .insert(membershipTable)
          .values({ accountId, userId, role: 'admin', createdAt: now, updatedAt: now });
      });
      if (ports.onAccountCreated) {
        const onCreated = ports.onAccountCreated;
        await ports.unitOfWork.withTransaction({ role: 'app', accountId }, (tx) => onCreated(tx, accountId));
      }
      return { accountId, userId, email, created: true };
    },

    signInLinkFor: (userId, accountId) =>
      ports.unitOfWork.withTransaction({ role: 'signin' }, (tx) =>
        makeSignInLink(tx, { accountId, userId, now: ports.clock.now() }, ports),
      ),

    accountIds: () =>
      ports.unitOfWork.withTransaction({ role: 'scheduler' }, async (tx) =>
        (await tx.select({ id: accountTable.id }).from(accountTable)).map((row) => row.id),
      ),

    async localPrincipal() {
      const first = await firstAccount();
      if (!first) throw new Error('no account: the first start makes one');
      return {
        kind: 'local',
        id: 'local',
        name: 'Command line',
        accountId: first.accountId,
        role: 'admin',
        permissions: permissionsOf('admin'),
      };
    },
  };
}

/** Seed of the demo data in an account, null when none is loaded. */
export async function accountDemoSeed(tx: Tx, accountId: string): Promise<number | null> {
  const [row] = await tx
    .select({ seed: accountTable.demoSeed })
    .from(accountTable)
    .where(eq(accountTable.id, accountId));
  return row?.seed ?? null;
}

export async function setAccountDemoSeed(tx: Tx, accountId: string, seed: number | null): Promise<void> {
  await tx.update(accountTable).set({ demoSeed: seed }).where(eq(accountTable.id, accountId));
}
