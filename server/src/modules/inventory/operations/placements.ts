import {
  archivePlacement,
  createPlacement,
  getPlacement,
  listPlacements,
  updatePlacement,
} from '@cuepoint/contract';
import { and, arrayOverlaps, count, eq, inArray, ne } from 'drizzle-orm';
import type { AppErrorExtra } from '../../../kernel/app-error.ts';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { publicKey } from '../domain/default-placements.ts';
import { type PlacementSettings, placementProblems } from '../domain/placement-rules.ts';
import type { InventoryPorts } from '../ports.ts';
import { showPlacements } from '../reads.ts';
import { appTable, placementTable, publisherTable } from '../tables.ts';
import { noPublisher } from './publishers.ts';
import { changed, containing, rowOf } from './shared.ts';

const noPlacement = (id: string) => `placementId: no placement ${id} in this account.`;

export function placementOperations(ports: InventoryPorts) {
  const shown = async (tx: Tx, id: string) => {
    const row = await rowOf(tx, placementTable, id);
    return row && (await showPlacements(tx, [row], ports.publicUrl))[0]!;
  };
  return [
    implement(listPlacements, async (input, { tx }) => {
      const { publisherId, appId, position, status } = input;
      const match = and(
        eq(placementTable.archived, input.archived),
        publisherId ? eq(placementTable.publisherId, publisherId) : undefined,
        appId ? eq(placementTable.appId, appId) : undefined,
        position && position.length > 0 ? inArray(placementTable.position, position) : undefined,
        status ? eq(placementTable.status, status) : undefined,
        containing(placementTable.name, input.search),
      );
      const page = newestFirst(input, { at: placementTable.createdAt, id: placementTable.id });
      const rows = await tx
        .select()
        .from(placementTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(placementTable).where(match);
      const cut = page.cut(rows, (row) => row.createdAt);
      return {
        items: await showPlacements(tx, cut.shown, ports.publicUrl),
        nextCursor: cut.nextCursor,
        total: total!.n,
      };
    }),

    implement(getPlacement, async ({ placementId }, context) => {
      const placement = await shown(context.tx, placementId);
      return placement ?? context.fail('placement.not_found', noPlacement(placementId));
    }),

    implement(createPlacement, async (input, context) => {
      const { tx, accountId, now } = context;
      const publisher = await rowOf(tx, publisherTable, input.publisherId);
      if (!publisher || publisher.archived)
        return context.fail('publisher.not_found', noPublisher(input.publisherId));
      await requireFitting(tx, { ...input, id: null }, context.fail);
      if (input.isDefault) await clearDefault(tx, now);
      const id = ports.ids.next('placement');
      await tx.insert(placementTable).values({
        ...input,
        id,
        accountId,
        key: publicKey(keyStem(input.name), ports.random(10)),
        createdAt: now,
        updatedAt: now,
      });
      const after = (await shown(tx, id))!;
      context.record({ entity: { kind: 'placement', id }, before: null, after });
      context.emit('inventory.changed', { kind: 'placement', id });
      return after;
    }),

    implement(updatePlacement, async ({ placementId, ...input }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, placementId);
      if (!before) return context.fail('placement.not_found', noPlacement(placementId));
      context.checkVersion(before.version);
      if (before.isDefault && input.isDefault === false)
        return context.fail(
          'placement.is_default',
          'isDefault: this is the default of the account; another placement takes it over.',
        );
      const {
        id,
        publisherId,
        key,
        tags,
        publisherName,
        appName,
        archived,
        demo,
        version,
        createdAt,
        updatedAt,
        ...settings
      } = before;
      const next = changed(settings, input);
      await requireFitting(tx, { ...next, id, publisherId }, context.fail);
      if (next.isDefault && !before.isDefault) await clearDefault(tx, now);
      await tx
        .update(placementTable)
        .set({ ...next, version: version + 1, updatedAt: now })
        .where(eq(placementTable.id, placementId));
      const after = (await shown(tx, placementId))!;
      context.record({ entity: { kind: 'placement', id: placementId }, before, after });
      context.emit('inventory.changed', { kind: 'placement', id: placementId });
      return after;
    }),

    implement(archivePlacement, async ({ placementId }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, placementId);
      if (!before) return context.fail('placement.not_found', noPlacement(placementId));
      if (before.isDefault)
        return context.fail('placement.is_default', 'placementId: this is the default of the account.');
      await tx
        .update(placementTable)
        .set({ archived: true, version: before.version + 1, updatedAt: now })
        .where(eq(placementTable.id, placementId));
      const after = (await shown(tx, placementId))!;
      context.record({ entity: { kind: 'placement', id: placementId }, before, after });
      context.emit('inventory.changed', { kind: 'placement', id: placementId });
      return after;
    }),
  ];
}

type Refusal = 'placement.invalid' | 'placement.host_taken' | 'app.not_found';

/** Rules that fit together, an app of the same publisher, hosts that mean no other placement. */
async function requireFitting(
  tx: Tx,
  placement: PlacementSettings & {
    id: string | null;
    publisherId: string;
    appId: string | null;
    hosts: string[];
  },
  fail: (code: Refusal, detail: string, extra?: AppErrorExtra) => never,
): Promise<void> {
  const problems = placementProblems(placement);
  if (problems.length > 0) {
    const said = problems.map(
      ({ field, message, accepted }) => `${field}: ${message}; accepted: ${accepted}.`,
    );
    fail('placement.invalid', said.join(' '), { fields: problems });
  }
  if (placement.appId !== null) {
    const app = await rowOf(tx, appTable, placement.appId);
    if (!app || app.archived || app.publisherId !== placement.publisherId)
      fail('app.not_found', `appId: no app ${placement.appId} of this publisher.`);
  }
  if (placement.hosts.length === 0) return;
  const [taken] = await tx
    .select({ id: placementTable.id, hosts: placementTable.hosts })
    .from(placementTable)
    .where(
      and(
        arrayOverlaps(placementTable.hosts, placement.hosts),
        eq(placementTable.archived, false),
        placement.id === null ? undefined : ne(placementTable.id, placement.id),
      ),
    );
  if (taken) {
    const host = placement.hosts.find((one) => taken.hosts.includes(one));
    fail('placement.host_taken', `hosts: ${host} means placement ${taken.id} already.`);
  }
}

/** Only one placement of an account is the default, which an index sees to. */
async function clearDefault(tx: Tx, now: Date): Promise<void> {
  await tx
    .update(placementTable)
    .set({ isDefault: false, updatedAt: now })
    .where(eq(placementTable.isDefault, true));
}

/** Readable start of a key, out of the name. */
function keyStem(name: string): string {
  const stem = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  return stem === '' ? 'placement' : stem.replace(/-+$/, '');
}
