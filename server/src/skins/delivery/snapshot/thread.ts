/** The snapshot thread: asks for snapshots, reads and checks them, and hands the serving thread what differs. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openSnapshot, SnapshotHeader, snapshotTag } from '../../../kernel/delivery-protocol.ts';
import { sampleDecisions } from '../decision-sample.ts';
import { KIND } from '../log/frame.ts';
import { readRange } from '../log/reader.ts';
import { diskFiles } from '../log/segment-files.ts';
import { ownSpendIn } from '../own-spend.ts';
import { readTimelineRecords } from '../timeline.ts';
import { SnapshotDiffer } from './differ.ts';
import type { FromThread, SnapshotThreadSettings, ToThread } from './messages.ts';
import { ENTITY_KINDS, type NodeChange } from './node-change.ts';
import { SnapshotPuller } from './puller.ts';
import { SnapshotStore } from './store.ts';

/** Entities of one piece. */
const PART = 64;

const settings = workerData as SnapshotThreadSettings;
const port = parentPort!;
const post = (message: FromThread) => port.postMessage(message);
const store = new SnapshotStore(settings.dataDir);
const differ = new SnapshotDiffer();
let heldTag: string | undefined;
let settle: ((problem: string | null) => void) | undefined;

/**
 * Reading a snapshot can wait: where a core is short, requests go first. Linux schedules threads by themselves and names
 * this one in /proc; elsewhere it runs like any other.
 */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').pop());
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // It only makes others wait a little longer.
  }
}

/** Hands a change over and waits until it serves. */
async function handOver(change: NodeChange, tag: string): Promise<void> {
  let empty = change.body;
  if (change.body) {
    for (const kind of ENTITY_KINDS)
      for (let start = 0; start < change.body[kind].length; start += PART)
        post({ type: 'part', kind, text: JSON.stringify(change.body[kind].slice(start, start + PART)) });
    empty = { ...change.body, lineItems: [], creatives: [], placements: [] };
  }
  const taken = new Promise<string | null>((resolve) => {
    settle = resolve;
  });
  post({ type: 'change', change: { ...change, body: empty }, tag });
  const problem = await taken;
  if (problem !== null) throw new Error(problem);
  differ.taken();
  heldTag = tag;
}

/** @returns whether the body came with it */
async function take(text: string): Promise<boolean | null> {
  const opened = openSnapshot(text, differ.bodyHash);
  if (!opened.ok) throw new Error(opened.problem);
  const { header, bodyText, spend } = opened;
  const tag = snapshotTag(header);
  if (tag === heldTag) return null;
  await handOver(differ.change(header, bodyText, spend), tag);
  return bodyText !== null;
}

/** Undefined when the first line is none. */
function headerOf(text: string): SnapshotHeader | undefined {
  try {
    return SnapshotHeader.safeParse(JSON.parse(text.slice(0, text.indexOf('\n')))).data;
  } catch {
    return undefined;
  }
}

async function load(): Promise<void> {
  const onProblem = (problem: string) => post({ type: 'problem', problem, isRefusal: false });
  const texts = await store.load(onProblem);
  const takeOrSay = (text: string) =>
    take(text).catch((error: unknown) =>
      onProblem(`last good snapshot: ${error instanceof Error ? error.message : error}`),
    );
  if (texts) {
    await takeOrSay(texts.whole);
    const whole = headerOf(texts.whole);
    const newer = headerOf(texts.newer ?? '');
    if (whole && newer && newer.hash === whole.hash && newer.builtAt > whole.builtAt)
      await takeOrSay(texts.newer!);
  }
  post({ type: 'loaded' });
}

const puller = new SnapshotPuller({
  controlOrigin: settings.controlOrigin,
  planeKey: settings.planeKey,
  heldTag: () => heldTag,
  async onSnapshot(text) {
    let hasBody: boolean | null;
    try {
      hasBody = await take(text);
    } catch (error) {
      post({
        type: 'problem',
        problem: error instanceof Error ? error.message : String(error),
        isRefusal: true,
      });
      throw error;
    }
    if (hasBody === null) return;
    await (hasBody ? store.saveWhole(text) : store.saveCounters(text)).catch((error: unknown) =>
      post({ type: 'problem', problem: `cannot keep the snapshot on disk: ${error}`, isRefusal: false }),
    );
  },
  onConfirmed: () => post({ type: 'confirmed' }),
  onProblem: (problem) => post({ type: 'problem', problem, isRefusal: false }),
});

port.on('message', (message: ToThread) => {
  if (message.type === 'taken') settle?.(message.problem);
  else if (message.type === 'notice') puller.hurry(message.tag);
  else if (message.type === 'stop') {
    settle?.('the node is stopping');
    void puller.stop().finally(() => port.close());
  } else if (message.type === 'trace') {
    const { id, question } = message;
    readTimelineRecords(settings.logDir, question).then(
      (records) => post({ type: 'timeline', id, records }),
      (error: unknown) => post({ type: 'failed', id, problem: String(error) }),
    );
  } else if (message.type === 'sample') {
    const { id, question } = message;
    sampleDecisions(settings.logDir, question).then(
      (sample) => post({ type: 'sampled', id, sample }),
      (error: unknown) => post({ type: 'failed', id, problem: String(error) }),
    );
  } else {
    const { id, from, to } = message;
    const entries = (start: typeof from, end: typeof to) =>
      readRange({ dir: settings.logDir, files: diskFiles, from: start, through: end, kinds: [KIND.event] });
    ownSpendIn(entries, from, to).then(
      (sums) => post({ type: 'sums', id, sums }),
      (error: unknown) => post({ type: 'failed', id, problem: String(error) }),
    );
  }
});
await load();
// Nothing is served before that.
stepBack();
puller.start();
