import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readPositions } from '../../../kernel/tail-position.ts';
import { decision, event, FakeLog } from '../testing/fake-log.ts';
import { createLiveTail, type LiveTail, type TailSubscription } from './live-tail.ts';
import { MOST_WAITING, TailSubscriber } from './subscriber.ts';

const MINE = 'acc_one00000';
const THEIRS = 'acc_two00000';
const names = ({ record }: { record: { kind: string; decisionId: string } }) =>
  `${record.kind} ${record.decisionId}`;

let tail: LiveTail | null = null;
afterEach(async () => {
  await tail?.stop();
  tail = null;
});

function listen(more: Partial<Parameters<LiveTail['subscribe']>[0]> = {}): TailSubscription {
  return tail!.subscribe({
    accountId: MINE,
    filter: {},
    after: null,
    perSecond: 2000,
    nowMs: () => performance.now(),
    ...more,
  });
}

/** A tail of these logs; nothing is read until somebody listens. */
function start(...logs: FakeLog[]): void {
  tail = createLiveTail({ logs, retryMs: 10, waitSeconds: 1 });
}

const following = (heard: TailSubscription) =>
  expect.poll(() => heard.stats().stats.sources.every(({ state }) => state === 'following')).toBe(true);

describe('a live tail', () => {
  it('gives each account its own records alone, from the end of every log on', async () => {
    const [one, two] = [new FakeLog('node-1'), new FakeLog('node-2')];
    one.append(decision({ id: 'dec_before' }));
    start(one, two);
    const mine = listen();
    const theirs = listen({ accountId: THEIRS });
    await following(mine);
    one.append(decision({ id: 'dec_mine' }), decision({ id: 'dec_theirs', accountId: THEIRS }));
    two.append(event('dec_mine', 'impression'), event('dec_theirs', 'start', { accountId: THEIRS }));
    const heard: string[] = [];
    const other: string[] = [];
    await expect
      .poll(() => {
        heard.push(...mine.take().map(names));
        other.push(...theirs.take().map(names));
        return heard.length + other.length;
      })
      .toBe(4);
    expect(heard.sort()).toEqual(['event dec_mine', 'request dec_mine']);
    expect(other.sort()).toEqual(['event dec_theirs', 'request dec_theirs']);
  });

  it('reads nothing while nobody listens, and stops with the last', async () => {
    const log = new FakeLog('node-1');
    start(log);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(log.reads).toBe(0);
    const [first, second] = [listen(), listen()];
    await following(first);
    first.close();
    const reads = log.reads;
    await expect.poll(() => log.reads).toBeGreaterThan(reads);
    second.close();
    await tail!.stop();
    const ended = log.reads;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(log.reads).toBe(ended);
  });

  it('goes on where somebody left, once each, in order, while others listen', async () => {
    const log = new FakeLog('node-1');
    start(log);
    const other = listen();
    const first = listen();
    await following(first);
    log.append(decision({ id: 'dec_1' }), decision({ id: 'dec_2' }));
    const got: string[] = [];
    let last = '';
    await expect
      .poll(() => {
        for (const item of first.take()) {
          got.push(names(item));
          last = item.id;
        }
        return got.length;
      })
      .toBe(2);
    first.close();
    for (let n = 3; n <= 20; n++) log.append(decision({ id: `dec_${n}` }));
    const again = listen({ after: readPositions(last) });
    log.append(decision({ id: 'dec_21' }));
    await expect.poll(() => got.push(...again.take().map(names)) > 20).toBe(true);
    expect(got).toEqual(Array.from({ length: 21 }, (_, n) => `request dec_${n + 1}`));
    expect(again.stats().stats.gaps).toEqual([]);
    const seen: string[] = [];
    await expect.poll(() => seen.push(...other.take().map(names))).toBe(21);
    expect(seen).toEqual(got);
  });

  it('says when what came meanwhile is not kept any more, and when a node is away', async () => {
    const log = new FakeLog('node-1', 1);
    log.append(...Array.from({ length: 9 }, (_, n) => decision({ id: `dec_${n}` })));
    log.firstSegment = 5;
    start(log);
    const heard = listen({ after: new Map([['node-1', { segment: 2, offset: 50 }]]) });
    const gaps: string[] = [];
    await expect
      .poll(() => {
        gaps.push(...heard.stats().stats.gaps.map(({ detail }) => detail));
        return gaps;
      })
      .toEqual(['the log no longer holds what came meanwhile']);
    log.isAway = true;
    await expect.poll(() => heard.stats().stats.sources[0]?.state).toBe('unavailable');
    log.isAway = false;
    log.append(decision({ id: 'dec_after' }));
    const got: string[] = [];
    await expect
      .poll(() => {
        got.push(...heard.take().map(names));
        return got;
      })
      .toEqual(['request dec_after']);
  });
});

describe('what one receiver is given', () => {
  const subscriber = (perSecond: number, clock: { ms: number }) =>
    new TailSubscriber({ accountId: MINE, filter: {}, after: null, perSecond, nowMs: () => clock.ms });
  const record = (n: number) =>
    ({ kind: 'request', decisionId: `dec_${n}`, node: 'node-1', ads: [], reason: null }) as never;

  it('and what it is not add up to what matched, whatever comes and however it reads', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(
          fc.record({ come: fc.integer({ min: 0, max: 5000 }), ms: fc.nat(2000), reads: fc.boolean() }),
        ),
        (perSecond, steps) => {
          const clock = { ms: 0 };
          const one = subscriber(perSecond, clock);
          let [n, sent] = [0, 0];
          for (const { come, ms, reads } of steps) {
            for (let i = 0; i < come; i++) {
              n++;
              one.offer(record(n), { segment: 1, offset: n });
            }
            one.reached('node-1', { segment: 1, offset: n });
            clock.ms += ms;
            if (reads) sent += one.take().length;
          }
          clock.ms += 2000;
          const rest = one.take().length;
          const { stats, id } = one.stats([]);
          expect(stats.matched).toBe(n);
          expect(stats.sent).toBe(sent + rest);
          expect(stats.sent + stats.sampledOut + stats.dropped).toBe(n);
          // Nobody is given more than a second's worth beyond the rate.
          expect(stats.sent).toBeLessThanOrEqual(Math.ceil((clock.ms / 1000 + 1) * perSecond));
          if (n > 0) expect(id).toBe(`node-1.1.${n}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is an even sample of a burst, and the newest of what nobody read', () => {
    const clock = { ms: 0 };
    const one = subscriber(10, clock);
    for (let n = 0; n < 100; n++) one.offer(record(n), { segment: 1, offset: n });
    expect(one.take().map(({ record: { decisionId } }) => decisionId)).toEqual(
      Array.from({ length: 10 }, (_, n) => `dec_${n * 10}`),
    );
    expect(one.stats([]).stats).toMatchObject({ matched: 100, sent: 10, sampledOut: 90, dropped: 0 });
    for (let n = 0; n < MOST_WAITING + 500; n++) one.offer(record(n), { segment: 2, offset: n });
    clock.ms += 1000;
    expect(one.take()[0]!.record.decisionId).toBe('dec_500');
    expect(one.stats([]).stats).toMatchObject({ dropped: 500 });
  });
});
