import type { NamedObject } from '../../platform/object-store/index.ts';
import type { ArchiverPorts } from './archiver.ts';
import { ARCHIVE_ROOT, accountFolder, hourMsOf } from './domain/archive-rows.ts';
import type { WhomToErase } from './ports.ts';

type Parts = Pick<ArchiverPorts, 'store' | 'parquet'>;

/** One viewer of an account. */
export interface ArchivedViewer {
  accountId: string;
  identity: string;
  /** Records of this instant and later stay. */
  before: Date;
}

const whom = ({ identity, before }: ArchivedViewer): WhomToErase => ({ identity, before });

/** How many archived records are of the viewer. */
export async function countArchived(parts: Parts, viewer: ArchivedViewer): Promise<number> {
  const found = await parts.parquet.holding(await pathsOf(parts, viewer), whom(viewer));
  return sum(found);
}

/**
 * Takes the viewer out of archived records: each file is replaced by one with the same records, whole or not at all, so it
 * can be repeated. Answers of how many records. Nothing else may write to the archive meanwhile.
 */
export async function eraseArchived(parts: Parts, viewer: ArchivedViewer): Promise<number> {
  return eraseFrom(parts, await keysOf(parts, viewer), whom(viewer));
}

/** Takes all identities out of archived hours that ended before an instant; answers of how many records. */
export async function clearIdentities(parts: Parts, endedBefore: Date): Promise<number> {
  const isOld = ({ key }: NamedObject) => {
    const hourMs = hourMsOf(key);
    return hourMs !== null && hourMs + HOUR_MS <= endedBefore.getTime();
  };
  const objects = await parts.store.list(ARCHIVE_ROOT);
  return eraseFrom(
    parts,
    objects.filter(isOld).map(({ key }) => key),
    'everybody',
  );
}

const HOUR_MS = 60 * 60 * 1000;

async function eraseFrom(
  { store, parquet }: Parts,
  keys: readonly string[],
  who: WhomToErase,
): Promise<number> {
  const keyOf = new Map(keys.map((key) => [store.pathOf(key), key]));
  const found = await parquet.holding([...keyOf.keys()], who);
  for (const path of found.keys()) {
    const draft = await store.draft();
    await parquet.erase(path, draft, who);
    await store.put(keyOf.get(path)!, draft);
  }
  return sum(found);
}

async function keysOf({ store }: Parts, { accountId, before }: ArchivedViewer): Promise<string[]> {
  const objects = await store.list(accountFolder(accountId));
  // Hours that began later have nothing from before.
  return objects.map(({ key }) => key).filter((key) => (hourMsOf(key) ?? Infinity) < before.getTime());
}

const pathsOf = async (parts: Parts, viewer: ArchivedViewer): Promise<string[]> =>
  (await keysOf(parts, viewer)).map((key) => parts.store.pathOf(key));

const sum = (found: ReadonlyMap<string, number>): number =>
  [...found.values()].reduce((total, n) => total + n, 0);
