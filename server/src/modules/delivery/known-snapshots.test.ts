import { describe, expect, it } from 'vitest';
import { assembleBody } from './domain/assemble-body.ts';
import { placement, signingKey } from './fixture.ts';
import { KnownSnapshots } from './known-snapshots.ts';

const { body } = assembleBody({
  keys: [signingKey],
  publishers: [{ accountId: 'acc_one00000', publisherKey: 'pub-one' }],
  placements: [placement()],
  lineItems: [],
  creatives: [],
});

/** An archive that has a snapshot from the given load on. */
function archive(from: number) {
  const loads: string[] = [];
  return {
    loads,
    keep: async () => undefined,
    load: async (hash: string) => (loads.push(hash) >= from ? body : null),
    prune: async () => [],
  };
}

describe('snapshots that are asked about', () => {
  it('are waited for while the archive still writes what a node serves from already', async () => {
    const late = archive(3);
    expect((await new KnownSnapshots(late).getSoon('ab'))?.placements.size).toBe(1);
    expect(late.loads).toEqual(['ab', 'ab', 'ab']);
  });

  it('are asked for once when they are old, and again when somebody comes again', async () => {
    const late = archive(2);
    const known = new KnownSnapshots(late);
    expect(await known.get('ab')).toBeNull();
    expect(await known.get('ab')).not.toBeNull();
    expect(await known.get('ab')).not.toBeNull();
    expect(late.loads).toHaveLength(2);
  });
});
