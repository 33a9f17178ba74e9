import { Worker } from 'node:worker_threads';
import type { DecisionSample, EntityKind, LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { SampleQuestion } from '../decision-sample.ts';
import type { TimelineQuestion, TimelineRecords } from '../timeline.ts';
import { forgetParts, readPart } from './compact.ts';
import type { FromThread, SnapshotThreadSettings, ToThread } from './messages.ts';
import type { NodeChange } from './node-change.ts';

export interface SnapshotFollowerOptions extends SnapshotThreadSettings {
  /** Takes a change over; the next one comes after that. Rejects with a reason when it cannot. */
  readonly onChange: (change: NodeChange, tag: string) => Promise<void>;
  /** The control plane answered: what is held is current. */
  readonly onConfirmed: () => void;
  readonly onProblem: (problem: string) => void;
}

/** Before a thread that ended is started again. */
const RESTART_MS = 1000;
const ENDED = 'the snapshot thread ended';

/** A build ships JavaScript beside this file; from source the thread is TypeScript and loads itself. */
function startThread(workerData: SnapshotThreadSettings): Worker {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = new URL(fromSource ? './thread-from-source.mjs' : './thread.js', import.meta.url);
  const execArgv = fromSource ? ['--conditions=@cuepoint/source'] : [];
  return new Worker(entry, { execArgv, workerData, name: 'snapshots' });
}

/** What of a `Worker` is used here. */
export type SnapshotThread = Pick<Worker, 'on' | 'once' | 'postMessage'>;

/** Follows the control plane on a thread of its own, so that reading a snapshot never keeps a request waiting. */
export class SnapshotFollower {
  readonly #options: SnapshotFollowerOptions;
  readonly #startThread: (settings: SnapshotThreadSettings) => SnapshotThread;
  #thread: SnapshotThread | undefined;
  /** Changes are taken over one after the other, also when a thread ends in the middle of one and another begins. */
  #taking: Promise<void> = Promise.resolve();
  #parts: Record<EntityKind, unknown[]> = { lineItems: [], creatives: [], placements: [] };
  /** Questions to the thread that wait for their answer. */
  readonly #asked = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  #nextQuestion = 0;
  #isStopping = false;
  #onLoaded: (() => void) | undefined;
  #restart: NodeJS.Timeout | undefined;
  refused = 0;

  constructor(
    options: SnapshotFollowerOptions,
    start: (settings: SnapshotThreadSettings) => SnapshotThread = startThread,
  ) {
    this.#options = options;
    this.#startThread = start;
  }

  /** Resolves when the last good snapshot on disk serves, or there is none. */
  start(): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#onLoaded = resolve;
    });
    this.#open();
    return loaded;
  }

  /** Own spend between two positions of the log, by key of its pot. Rejects when there is no thread to sum it. */
  sumOwnSpend(from: LogPosition, to: LogPosition): Promise<ReadonlyMap<string, number>> {
    return this.#ask((id) => ({ type: 'sum', id, from, to }));
  }

  /** Some decisions of an account and a time, read from the log on the thread. Rejects when there is none. */
  sampleDecisions(question: SampleQuestion): Promise<Omit<DecisionSample, 'nodeId'>> {
    return this.#ask((id) => ({ type: 'sample', id, question }));
  }

  /** All records of a decision and its session in a stretch of the log, read on the thread. Rejects when there is none. */
  timelineRecords(question: TimelineQuestion): Promise<TimelineRecords> {
    return this.#ask((id) => ({ type: 'trace', id, question }));
  }

  /** There is a snapshot of this tag: it is asked for at once. */
  notice(tag: string): void {
    this.#post({ type: 'notice', tag });
  }

  #ask<T>(message: (id: number) => ToThread): Promise<T> {
    if (!this.#thread) return Promise.reject(new Error(ENDED));
    const id = this.#nextQuestion++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#post(message(id));
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (!thread) return;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    this.#post({ type: 'stop' });
    await ended;
  }

  #open(): void {
    const { controlOrigin, planeKey, dataDir, logDir } = this.#options;
    const thread = this.#startThread({ controlOrigin, planeKey, dataDir, logDir });
    this.#thread = thread;
    this.#parts = { lineItems: [], creatives: [], placements: [] };
    thread.on('message', (message: FromThread) => this.#hear(message));
    thread.on('error', (error) =>
      this.#options.onProblem(`the snapshot thread ended and starts again: ${error.message}`),
    );
    thread.on('exit', () => {
      this.#thread = undefined;
      for (const { reject } of this.#asked.values()) reject(new Error(ENDED));
      this.#asked.clear();
      if (!this.#isStopping) this.#restart = setTimeout(() => this.#open(), RESTART_MS);
    });
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case 'part':
        for (const entity of readPart(message.kind, message.text)) this.#parts[message.kind].push(entity);
        return;
      case 'change':
        this.#take(message.change, message.tag);
        return;
      case 'loaded':
        this.#onLoaded?.();
        return;
      case 'confirmed':
        this.#options.onConfirmed();
        return;
      case 'problem':
        if (message.isRefusal) this.refused++;
        else this.#options.onProblem(message.problem);
        return;
      case 'sums':
        this.#answer(message.id, message.sums);
        return;
      case 'timeline':
        this.#answer(message.id, message.records);
        return;
      case 'sampled':
        this.#answer(message.id, message.sample);
        return;
      case 'failed':
        this.#asked.get(message.id)?.reject(new Error(message.problem));
        this.#asked.delete(message.id);
    }
  }

  #answer(id: number, answer: unknown): void {
    this.#asked.get(id)?.resolve(answer as never);
    this.#asked.delete(id);
  }

  #take(change: NodeChange, tag: string): void {
    const parts = this.#parts as unknown as Pick<NonNullable<NodeChange['body']>, EntityKind>;
    this.#parts = { lineItems: [], creatives: [], placements: [] };
    forgetParts();
    const whole = change.body ? { ...change, body: { ...change.body, ...parts } } : change;
    const asker = this.#thread;
    const answer = (problem: string | null) => {
      // Another thread than the one that asked has not heard of this change.
      if (this.#thread === asker) this.#post({ type: 'taken', problem });
    };
    this.#taking = this.#taking
      .then(() => this.#options.onChange(whole, tag))
      .then(
        () => answer(null),
        (error: unknown) => answer(error instanceof Error ? error.message : String(error)),
      );
  }

  #post(message: ToThread): void {
    this.#thread?.postMessage(message);
  }
}
