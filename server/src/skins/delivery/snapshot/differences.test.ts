import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  encodeSnapshot,
  openSnapshot,
  SnapshotBody,
  type SnapshotHeader,
  SnapshotSteps,
} from '../../../kernel/delivery-protocol.ts';
import { call, until } from '../testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from '../testing/fake-control.ts';
import {
  NO_SPEND,
  sampleCreative,
  sampleLineItem,
  samplePlacement,
  sampleSnapshot,
} from '../testing/sample-snapshot.ts';
import { startNode } from '../testing/start-node.ts';
import { SnapshotDiffer } from './differ.ts';
import type { NodeChange } from './node-change.ts';

/** A body of some of a few entities, each as it was at some time. */
const body = fc
  .record({
    items: fc.dictionary(fc.constantFrom('li_a', 'li_b', 'li_c', 'li_d'), fc.integer({ min: 1, max: 3 })),
    creatives: fc.dictionary(fc.constantFrom('crv_a', 'crv_b'), fc.integer({ min: 1, max: 2 })),
    placements: fc.dictionary(fc.constantFrom('plc_a', 'plc_b'), fc.integer({ min: 1, max: 2 })),
    tcfVendorId: fc.constantFrom(null, 28),
  })
  .map(({ items, creatives, placements, tcfVendorId }) =>
    sampleSnapshot({
      accounts: [{ id: 'acc_1', publisherKey: 'pub-one', timeZone: 'UTC', tcfVendorId }],
      lineItems: Object.entries(items).map(([id, version]) =>
        sampleLineItem({ id, cpmMicros: version * 1000 }),
      ),
      creatives: Object.entries(creatives).map(([id, version]) =>
        sampleCreative({ id, name: `Spot ${version} "ü{"` }),
      ),
      placements: Object.entries(placements).map(([id, version]) =>
        samplePlacement({ id, key: id, name: `Place ${version}` }),
      ),
    }),
  );

const AT = '2026-03-01T00:00:00Z';
type Encoded = ReturnType<typeof encodeSnapshot>;

/** What is in use after a change, by name of its kind and id. */
class Held {
  readonly differ = new SnapshotDiffer();
  readonly entities = new Map<string, unknown>();
  rest: unknown;

  take(text: string): 'body' | 'difference' {
    const opened = openSnapshot(text, this.differ.bodyHash);
    if (!opened.ok) throw new Error(opened.problem);
    const { header, bodyText, differenceText, spend } = opened;
    const change =
      differenceText === null
        ? this.differ.change(header, bodyText, spend)
        : this.differ.difference(header, differenceText, spend);
    this.#apply(change);
    this.differ.taken();
    return differenceText === null ? 'body' : 'difference';
  }

  #apply({ body: change }: NodeChange): void {
    if (change === null) return;
    for (const kind of ['lineItems', 'creatives', 'placements'] as const) {
      for (const id of change.removed[kind]) this.entities.delete(`${kind} ${id}`);
      for (const entity of change[kind]) this.entities.set(`${kind} ${entity.id}`, entity);
    }
    this.rest = { keys: change.keys, accounts: change.accounts, mediaBaseUrl: change.mediaBaseUrl };
  }
}

const follow = (steps: SnapshotSteps, next: SnapshotBody): Encoded => {
  const encoded = encodeSnapshot(next, NO_SPEND, AT);
  steps.follow(encoded.header.hash, next, encoded.parts);
  return encoded;
};

describe('what takes one body to another', () => {
  it('leads to what the whole body leads to, from every body that is still known', () => {
    let differences = 0;
    fc.assert(
      fc.property(fc.array(body, { minLength: 2, maxLength: 12 }), fc.nat(), (bodies, seed) => {
        const steps = new SnapshotSteps(10);
        const encoded: Encoded[] = [];
        const late = new Held();
        const always = new Held();
        const start = seed % (bodies.length - 1);
        for (const [at, next] of bodies.entries()) {
          encoded.push(follow(steps, next));
          const newest = encoded[at]!;
          const difference = at === 0 ? null : steps.fileFrom(always.differ.bodyHash, newest);
          always.take(difference ?? newest.text);
          if (at === start) late.take(newest.text);
        }
        const newest = encoded.at(-1)!;
        const difference = steps.fileFrom(late.differ.bodyHash, newest);
        if (difference !== null && late.take(difference) === 'difference') differences++;
        if (difference === null) late.take(newest.text);
        const written = JSON.stringify(SnapshotBody.parse(bodies.at(-1)));
        expect(newest.text.split('\n')[1]).toBe(written);
        const whole = new Held();
        whole.take(newest.text);
        for (const held of [late, always]) {
          expect(held.differ.bodyHash).toBe(newest.header.hash);
          expect(held.entities).toEqual(whole.entities);
          expect(held.rest).toEqual(whole.rest);
        }
      }),
      { numRuns: 100 },
    );
    expect(differences).toBeGreaterThan(60);
  });

  const many = (cheapest: number): SnapshotBody =>
    sampleSnapshot({
      lineItems: Array.from({ length: 40 }, (_, n) =>
        sampleLineItem({ id: `li_${n}`, cpmMicros: n === 0 ? cheapest : 9000 }),
      ),
    });

  it('costs what was edited, and is no longer offered once it would not', () => {
    const steps = new SnapshotSteps();
    const first = follow(steps, many(1000));
    const edited = follow(steps, many(2000));
    const difference = steps.fileFrom(first.header.hash, edited)!;
    expect(difference.length).toBeLessThan(edited.text.length / 10);
    expect(steps.fileFrom('0'.repeat(64), edited)).toBeNull();
    expect(steps.fileFrom('', edited)).toBeNull();
    // Of another snapshot than the newest it knows nothing.
    expect(steps.fileFrom(first.header.hash, first)).toBeNull();
    for (let price = 3; price < 60; price++) follow(steps, many(price * 1000));
    const newest = follow(steps, many(99_000));
    expect(steps.fileFrom(first.header.hash, newest)).toBeNull();
  });

  it('is refused when it does not begin with what is held, was changed on its way, or does not lead where it says', () => {
    const steps = new SnapshotSteps();
    const first = follow(steps, many(1000));
    const edited = follow(steps, many(2000));
    const difference = steps.fileFrom(first.header.hash, edited)!;
    const other = new Held();
    other.take(encodeSnapshot(many(5000), NO_SPEND, AT).text);
    expect(() => other.take(difference)).toThrow('the difference leads from');
    const held = new Held();
    held.take(first.text);
    expect(() => held.take(difference.replace('"cpmMicros":2000', '"cpmMicros":1000'))).toThrow('hashes to');
    const [header, line, spend] = difference.split('\n') as [string, string, string];
    const forged = line.replace('"gone":[]', '"gone":["li_7"]');
    const { hash } = JSON.parse(header) as SnapshotHeader;
    expect(() =>
      held.differ.difference({ hash, spendHash: hash, builtAt: AT }, forged, JSON.parse(spend)),
    ).toThrow('does not lead to the body');
    // And the right one is taken after all that.
    expect(held.take(difference)).toBe('difference');
  });
});

describe('a node', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const priced = (cpmMicros: number) => {
    const { lineItems, ...rest } = sampleSnapshot();
    const others = Array.from({ length: 20 }, (_, n) =>
      sampleLineItem({ id: `li_other_${n}`, status: 'paused', cpmMicros: 1000 }),
    );
    return { ...rest, lineItems: [{ ...lineItems[0]!, cpmMicros }, ...others] };
  };

  async function start(control: FakeControl, dataDir?: string) {
    const node = await startNode({
      controlOrigin: control.origin,
      ...(dataDir !== undefined && { dataDir }),
    });
    closers.push(() => node.close());
    const tag = async () => {
      const status = await call(node.internalPort, '/internal/status', {
        headers: { authorization: `Bearer ${PLANE_KEY}` },
      });
      return (status.json() as { snapshotTag?: string }).snapshotTag;
    };
    return { node, tag };
  }

  it('takes edits over as differences, and starts again from them', async () => {
    const control = await startFakeControl();
    closers.push(() => control.close());
    let newest = control.publish(priced(20_000));
    const { node, tag } = await start(control);
    await until(async () => (await tag()) === newest);
    for (const price of [21_000, 22_000, 23_000]) {
      newest = control.publish(priced(price));
      await until(async () => (await tag()) === newest);
    }
    expect([control.bodiesSent, control.differencesSent]).toEqual([1, 3]);
    // Counters that move with an edit come beside it.
    newest = control.publish(priced(24_000), { ...NO_SPEND, lineItems: { li_1: 5 } });
    await until(async () => (await tag()) === newest);
    newest = control.publish(priced(24_000), { ...NO_SPEND, lineItems: { li_1: 7 } });
    await until(async () => (await tag()) === newest);
    expect([control.bodiesSent, control.differencesSent]).toEqual([1, 4]);
    const dir = join(node.options.dataDir, 'snapshot');
    await until(async () =>
      (await readFile(join(dir, 'last-good-counters.ndjson'), 'utf8')).includes(newest.slice(65)),
    );
    await node.close();

    const alone = await start(control, node.options.dataDir);
    expect(await alone.tag()).toBe(newest);
    expect((await call(alone.node.publicPort, '/vast')).body).toContain('<Ad ');
    newest = control.publish(priced(25_000));
    await until(async () => (await alone.tag()) === newest);
    expect([control.bodiesSent, control.differencesSent]).toEqual([1, 5]);
  });

  it('asks for the whole body when what it keeps was cut off, and keeps no difference of another body', async () => {
    const control = await startFakeControl();
    closers.push(() => control.close());
    const whole = control.publish(priced(20_000));
    const { node, tag } = await start(control);
    await until(async () => (await tag()) === whole);
    const first = control.publish(priced(21_000));
    await until(async () => (await tag()) === first);
    const dir = join(node.options.dataDir, 'snapshot');
    const kept = join(dir, 'last-good-differences.ndjson');
    await until(async () => (await readdir(dir)).includes('last-good-differences.ndjson'));
    await node.close();
    // A power cut in the middle of the next one.
    await appendFile(kept, `${(await readFile(kept, 'utf8')).slice(0, -40)}\n`);

    const again = await start(control, node.options.dataDir);
    expect(await again.tag()).toBe(first);
    const second = control.publish(priced(22_000));
    await until(async () => (await again.tag()) === second);
    expect([control.bodiesSent, control.differencesSent]).toEqual([2, 1]);
    await until(async () => !(await readdir(dir)).includes('last-good-differences.ndjson'));
    const third = control.publish(priced(23_000));
    await until(async () => (await again.tag()) === third);
    expect(control.differencesSent).toBe(2);
    await until(async () => (await readdir(dir)).includes('last-good-differences.ndjson'));
    await again.node.close();

    // Differences that a power cut left beside a newer body.
    const older = await readFile(kept, 'utf8');
    await writeFile(kept, older.replace(/"from":"[0-9a-f]{64}"/, `"from":"${'0'.repeat(64)}"`));
    const last = await start(control, node.options.dataDir);
    expect(await last.tag()).toBe(second);
    await until(async () => (await last.tag()) === third);
    expect(control.bodiesSent).toBe(3);
  });
});
