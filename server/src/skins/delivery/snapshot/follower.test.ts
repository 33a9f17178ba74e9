import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SnapshotFollower } from './follower.ts';
import type { FromThread, ToThread } from './messages.ts';
import type { NodeChange } from './node-change.ts';

/** A thread that says what the test says. */
class FakeThread extends EventEmitter {
  readonly heard: ToThread[] = [];

  postMessage(message: ToThread): void {
    this.heard.push(message);
  }

  say(message: FromThread): void {
    this.emit('message', message);
  }

  sendChange(tag: string, ...ids: string[]): void {
    const entities = ids.map((id) => ({ id }));
    this.say({ type: 'part', kind: 'placements', text: JSON.stringify(entities) });
    const body = { lineItems: [], creatives: [], placements: [] };
    this.say({ type: 'change', tag, change: { body } as unknown as NodeChange });
  }
}

function world() {
  const threads: FakeThread[] = [];
  const taken: { tag: string; ids: string[] }[] = [];
  const problems: string[] = [];
  let release: (() => void) | undefined;
  const follower = new SnapshotFollower(
    {
      controlOrigin: 'http://127.0.0.1:9',
      planeKey: 'k'.repeat(40),
      dataDir: '/nowhere',
      logDir: '/nowhere',
      async onChange(change, tag) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        taken.push({ tag, ids: change.body!.placements.map(({ id }) => id) });
      },
      onConfirmed: () => {},
      onProblem: (problem) => problems.push(problem),
    },
    () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread as never;
    },
  );
  return { follower, threads, taken, problems, finish: () => release!() };
}

const position = { segment: 1, offset: 0 };
const settled = () => new Promise((resolve) => setImmediate(resolve));
const restarted = (threads: readonly FakeThread[]) =>
  expect.poll(() => threads.length, { timeout: 5000 }).toBe(2);

describe('a thread that ends', () => {
  it('is followed by another, which tells everything anew', async () => {
    const { follower, threads, taken, problems, finish } = world();
    const loaded = follower.start();
    threads[0]!.say({ type: 'loaded' });
    await loaded;
    // Half a change: the rest of it never comes.
    threads[0]!.say({ type: 'part', kind: 'placements', text: '[{"id":"plc_lost"}]' });
    threads[0]!.emit('error', new Error('out of memory'));
    threads[0]!.emit('exit', 1);
    expect(problems).toEqual(['the snapshot thread ended and starts again: out of memory']);
    await restarted(threads);
    threads[1]!.sendChange('two', 'plc_1');
    await settled();
    finish();
    await settled();
    expect(taken).toEqual([{ tag: 'two', ids: ['plc_1'] }]);
    expect(threads[1]!.heard).toEqual([{ type: 'taken', problem: null }]);
  });

  it('leaves nobody waiting for a sum', async () => {
    const { follower, threads } = world();
    void follower.start();
    const sum = follower.sumOwnSpend(position, position);
    threads[0]!.emit('exit', 1);
    await expect(sum).rejects.toThrow('ended');
    await expect(follower.sumOwnSpend(position, position)).rejects.toThrow('ended');
    await restarted(threads);
    const next = follower.sumOwnSpend(position, position);
    const { id } = threads[1]!.heard[0] as { id: number };
    threads[1]!.say({ type: 'sums', id, sums: new Map([['li_1', 5]]) });
    expect(await next).toEqual(new Map([['li_1', 5]]));
  });

  it('has its change taken over before that of the next thread, and only the next one is answered', async () => {
    const { follower, threads, taken, finish } = world();
    void follower.start();
    threads[0]!.sendChange('one', 'plc_1');
    await settled();
    threads[0]!.emit('exit', 1);
    await restarted(threads);
    threads[1]!.sendChange('two', 'plc_1', 'plc_2');
    await settled();
    finish();
    await settled();
    expect(taken.map(({ tag }) => tag)).toEqual(['one']);
    expect(threads[1]!.heard).toEqual([]);
    finish();
    await settled();
    expect(taken.map(({ tag }) => tag)).toEqual(['one', 'two']);
    expect(threads[1]!.heard).toEqual([{ type: 'taken', problem: null }]);
  });
});
