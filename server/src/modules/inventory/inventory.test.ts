import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { createIds } from '../../kernel/ids.ts';
import type { Database } from '../../platform/database/index.ts';
import { databaseSuite } from '../../testing/index.ts';
import { defaultPlacements, publicKey } from './domain/default-placements.ts';
import { createInventory, inventoryForServing } from './index.ts';

const clock = { now: () => new Date('2026-11-21T09:00:00.000Z') };
const inventory = createInventory({
  ids: createIds(clock, randomBytes),
  random: randomBytes,
  clock,
  publicUrl: 'https://ads.example',
});
const [one, two] = ['acc_inventory01', 'acc_inventory02'] as const;
let database: Database;

const ensure = (accountId: string) =>
  database.withTransaction({ role: 'app', accountId }, (tx) =>
    inventory.ensureDefaultInventory(tx, accountId),
  );

databaseSuite('default inventory', (open) => {
  beforeAll(async () => {
    database = await open();
    for (const id of [one, two])
      await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $1)', [id]);
  });

  it('is made once, however often and however concurrently it is asked for', async () => {
    const answers = await Promise.all([ensure(one), ensure(one), ensure(two)]);
    expect(answers[1]).toEqual(answers[0]);
    expect(await ensure(one)).toEqual(answers[0]);
    expect(answers[2].publisherKey).not.toBe(answers[0].publisherKey);
    expect(answers[0].placements).toHaveLength(defaultPlacements.length);
    expect(answers[0].placements.filter((placement) => placement.isDefault)).toHaveLength(1);
  });

  it('reaches the snapshot builder for every account, and nobody else does', async () => {
    const seen = await database.withTransaction(
      { role: 'snapshot_builder', readOnly: true },
      inventoryForServing,
    );
    expect(seen.publishers.map((publisher) => publisher.accountId)).toEqual([one, two]);
    expect(new Set(seen.placements.map((placement) => placement.key)).size).toBe(
      2 * defaultPlacements.length,
    );
    const own = await database.withTransaction({ role: 'app', accountId: two }, inventoryForServing);
    expect(own.publishers.map((publisher) => publisher.accountId)).toEqual([two]);
  });

  it('makes public keys that need no escape in an address', () => {
    expect(publicKey('preroll', new Uint8Array(10).fill(255))).toBe('preroll-zzzzzzzzzz');
    expect(() => publicKey('preroll', new Uint8Array(3))).toThrow('10 random bytes, not 3');
  });
});
