import { bigint, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** A budget as the bank sees it. */
export const budgetPotTable = pgTable(
  'budget_pot',
  {
    accountId: text('account_id').notNull(),
    pot: text('pot').notNull(),
    prior: bigint('prior', { mode: 'number' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.pot] })],
);

/** What one node took of a budget and gave back: running totals. */
export const budgetLeaseTable = pgTable(
  'budget_lease',
  {
    accountId: text('account_id').notNull(),
    pot: text('pot').notNull(),
    node: text('node').notNull(),
    beforeLease: bigint('before_lease', { mode: 'number' }).notNull(),
    granted: bigint('granted', { mode: 'number' }).notNull(),
    returned: bigint('returned', { mode: 'number' }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.pot, t.node] })],
);

/** The life each node is in. */
export const leaseNodeTable = pgTable('lease_node', {
  node: text('node').primaryKey(),
  epoch: bigint('epoch', { mode: 'number' }).notNull(),
  seenAt: timestamp('seen_at', { withTimezone: true }).notNull(),
});
