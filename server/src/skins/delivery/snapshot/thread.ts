/** The snapshot thread: asks for snapshots, reads and checks them, and hands the serving thread what differs. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ENTITY_KINDS,
  openKeptDifference,
  openSnapshot,
  snapshotTag,
} from '../../../kernel/delivery-protocol.ts';
import { sampleDecisions } from '../decision-sample.ts';
import { KIND } from '../log/frame.ts';
import { readRange } from '../log/reader.ts';
import { diskFiles } from '../log/segment-files.ts';
import { ownSpendIn } from '../own-spend.ts';
import { readTimelineRecords } from '../timeline.ts';
import { SnapshotDiffer } from './differ.ts';
import type { FromThread, SnapshotThreadSettings, ToThread } from './messages.ts';
import type { NodeChange } from './node-change.ts';
import { SnapshotPuller } from './puller.ts';
import { type KeptSnapshot, SnapshotStore } from './store.ts';

/** Entities of one piece. */
const PART = 64;

const settings = workerData as SnapshotThreadSettings;
const port = parentPort!;
const post = (message: FromThread) => port.postMessage(message);
const store = new SnapshotStore(settings.dataDir);
const differ = new SnapshotDiffer();
let heldTag: string | undefined;
/** A difference could not be taken over: the next body has to come whole. */
let needsBody = false;
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

/** @returns what came; null when it is held already */
async function take(text: string): Promise<'body' | 'difference' | 'counters' | null> {
  const opened = openSnapshot(text, differ.bodyHash);
  if (!opened.ok) throw new Error(opened.problem);
  const { header, bodyText, differenceText, spend } = opened;
  const tag = snapshotTag(header);
  if (tag === heldTag) return null;
  if (differenceText !== null) {
    await handOver(differ.difference(header, differenceText, spend), tag);
    return 'difference';
  }
  await handOver(differ.change(header, bodyText, spend), tag);
  return bodyText === null ? 'counters' : 'body';
}

/** What was kept since the body, on top of it, with the counters that are held. */
async function takeKept({ header, difference }: KeptSnapshot['differences'][number]): Promise<void> {
  const opened = openKeptDifference(header, difference);
  const counted = { ...opened, spendHash: heldTag!.split('.')[1]! };
  await handOver(differ.difference(counted, difference, differ.spend), snapshotTag(counted));
}

async function load(): Promise<void> {
  const onProblem = (problem: string) => post({ type: 'problem', problem, isRefusal: false });
  const kept = await store.load(onProblem);
  try {
    if (kept) await take(kept.whole);
    for (const difference of kept?.differences ?? []) await takeKept(difference);
    // Counters of another body than the one that is held now came before it.
    if (kept?.counters !== undefined && isNewer(kept.counters)) await take(kept.counters);
  } catch (error) {
    // What was taken over before serves; the rest comes from the control plane, in one piece.
    needsBody = true;
    onProblem(`last good snapshot: ${error instanceof Error ? error.message : error}`);
  }
  post({ type: 'loaded' });
}

function isNewer(counters: string): boolean {
  const opened = openSnapshot(counters, differ.bodyHash);
  return opened.ok && opened.header.hash === differ.bodyHash && opened.header.builtAt >= differ.builtAt;
}

const KEEP = {
  body: (text: string) => store.saveWhole(text),
  difference: (text: string) => store.saveDifference(text),
  counters: (text: string) => store.saveCounters(text),
};

const puller = new SnapshotPuller({
  controlOrigin: settings.controlOrigin,
  planeKey: settings.planeKey,
  heldTag: () => heldTag,
  takesDifference: () => !needsBody && !store.isLong,
  async onSnapshot(text) {
    let came: Awaited<ReturnType<typeof take>>;
    try {
      came = await take(text);
    } catch (error) {
      needsBody = true;
      post({
        type: 'problem',
        problem: error instanceof Error ? error.message : String(error),
        isRefusal: true,
      });
      throw error;
    }
    if (came === null) return;
    if (came === 'body') needsBody = false;
    await KEEP[came](text).catch((error: unknown) => {
      // What comes next would not lead on from what is kept.
      needsBody = true;
      post({ type: 'problem', problem: `cannot keep the snapshot on disk: ${error}`, isRefusal: false });
    });
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
