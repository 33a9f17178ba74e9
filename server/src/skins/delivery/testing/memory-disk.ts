import { dirname } from 'node:path';
import type { LogFile, LogFiles } from '../log/segment-files.ts';

/** What is written whole or not at all when the power goes. */
const SECTOR_BYTES = 512;

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** A file: what programs see of it, what a power cut leaves, and what lies between the two. */
interface Inode {
  seen: Buffer;
  kept: Buffer;
  pending: Change[];
}

interface NameChange {
  readonly dir: string;
  readonly remove: string | null;
  readonly add: string | null;
  readonly inode: Inode | null;
}

export type DiskCall =
  | 'open'
  | 'write'
  | 'read'
  | 'datasync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'syncDirectory';

export interface DiskFaults {
  /** Called before each call; what it throws, the call throws. It may wait, and say how many bytes a write takes. */
  readonly before?: (call: DiskCall, path: string) => Promise<void> | void;
  /** Bytes that fit on the disk. */
  capacity?: number;
  /** A sync says that all is well and does nothing: for a test of the test. */
  readonly liesAboutSync?: boolean;
}

export const diskError = (code: 'ENOSPC' | 'EIO' | 'ENOENT', what: string): Error =>
  Object.assign(new Error(`${code}: ${what}`), { code });

/**
 * A disk in memory that keeps what was synced and nothing else. A power cut leaves any part of the rest, sector by
 * sector and name by name, in whatever order; a killed process leaves all that the kernel took. A sync that fails has
 * lost what it was to write: the next one succeeds without it, as with the page cache of Linux.
 */
export class MemoryDisk implements LogFiles {
  faults: DiskFaults = {};
  readonly #random: () => number;
  #seen = new Map<string, Inode>();
  #kept = new Map<string, Inode>();
  #names: NameChange[] = [];
  #isDead = false;
  calls = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Bytes that programs see. */
  get used(): number {
    return [...this.#seen.values()].reduce((sum, { seen }) => sum + seen.length, 0);
  }

  async open(path: string, flags: string): Promise<LogFile> {
    await this.#enter('open', path);
    let inode = this.#seen.get(path);
    if (!inode) {
      if (!flags.startsWith('w')) throw diskError('ENOENT', `open '${path}'`);
      inode = { seen: Buffer.alloc(0), kept: Buffer.alloc(0), pending: [] };
      this.#seen.set(path, inode);
      this.#names.push({ dir: dirname(path), remove: null, add: path, inode });
    } else if (flags.startsWith('w')) this.#change(inode, { length: 0 });
    return this.#handle(path, inode);
  }

  async makeDirectory(): Promise<void> {
    await this.#alive();
  }

  async list(path: string): Promise<string[]> {
    await this.#alive();
    return [...this.#seen.keys()]
      .filter((name) => dirname(name) === path)
      .map((name) => name.slice(path.length + 1));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#enter('rename', from);
    const inode = this.#seen.get(from);
    if (!inode) throw diskError('ENOENT', `rename '${from}'`);
    this.#seen.delete(from);
    this.#seen.set(to, inode);
    this.#names.push({ dir: dirname(to), remove: from, add: to, inode });
  }

  async remove(path: string): Promise<void> {
    await this.#enter('remove', path);
    if (!this.#seen.delete(path)) throw diskError('ENOENT', `remove '${path}'`);
    this.#names.push({ dir: dirname(path), remove: path, add: null, inode: null });
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#enter('syncDirectory', path);
    if (this.faults.liesAboutSync) return;
    for (const change of this.#names) if (change.dir === path) applyName(this.#kept, change);
    this.#names = this.#names.filter(({ dir }) => dir !== path);
  }

  async freeBytes(): Promise<number> {
    return (this.faults.capacity ?? Number.POSITIVE_INFINITY) - this.used;
  }

  /** The disk as the next start finds it after the power went: whoever still uses this one gets nothing more done. */
  cutPower(): MemoryDisk {
    const next = new MemoryDisk(this.#random);
    const names = new Map(this.#kept);
    for (const change of this.#names) if (this.#random() < 0.5) applyName(names, change);
    const copies = new Map<Inode, Inode>();
    for (const [path, inode] of names) {
      const copy = copies.get(inode) ?? this.#survivor(inode);
      copies.set(inode, copy);
      next.#seen.set(path, copy);
      next.#kept.set(path, copy);
    }
    this.#isDead = true;
    return next;
  }

  /** The disk as the next start finds it after the process was killed: the kernel still has all it took. */
  killProcess(): MemoryDisk {
    const next = new MemoryDisk(this.#random);
    next.#seen = new Map(this.#seen);
    next.#kept = new Map(this.#kept);
    next.#names = [...this.#names];
    this.#isDead = true;
    return next;
  }

  #survivor({ kept, pending }: Inode): Inode {
    let bytes: Buffer = Buffer.from(kept);
    for (const change of pending) {
      if ('length' in change) {
        if (this.#random() < 0.5) bytes = resized(bytes, change.length);
        continue;
      }
      for (const sector of sectorsOf(change)) {
        if (this.#random() < 0.5) continue;
        // Some disks tear a sector, too.
        const most = this.#random() < 0.2 ? Math.floor(this.#random() * sector.bytes.length) : undefined;
        bytes = written(bytes, sector.at, sector.bytes.subarray(0, most));
      }
    }
    return { seen: Buffer.from(bytes), kept: bytes, pending: [] };
  }

  #handle(path: string, inode: Inode): LogFile {
    return {
      write: async (buffer, offset, length, position) => {
        await this.#enter('write', path);
        const room = (this.faults.capacity ?? Number.POSITIVE_INFINITY) - this.used;
        const grows = Math.max(0, position + length - inode.seen.length);
        const fits = grows <= room ? length : Math.max(0, length - (grows - room));
        if (fits === 0) throw diskError('ENOSPC', 'no space left on device');
        // The kernel may take less than it was given.
        const taken = this.#random() < 0.1 ? 1 + Math.floor(this.#random() * fits) : fits;
        const bytes = Buffer.from(buffer.subarray(offset, offset + Math.min(taken, fits)));
        this.#change(inode, { at: position, bytes });
        return { bytesWritten: bytes.length };
      },
      read: async (buffer, offset, length, position) => {
        await this.#enter('read', path);
        const bytesRead = inode.seen.copy(buffer, offset, position, position + length);
        return { bytesRead };
      },
      datasync: async () => {
        const covered = [...inode.pending];
        try {
          await this.#enter('datasync', path);
        } catch (error) {
          const kept = this.#survivor(inode);
          inode.kept = kept.kept;
          inode.pending = inode.pending.filter((change) => !covered.includes(change));
          throw error;
        }
        if (this.faults.liesAboutSync) return;
        for (const change of covered) inode.kept = applied(inode.kept, change);
        inode.pending = inode.pending.filter((change) => !covered.includes(change));
      },
      truncate: async (length) => {
        await this.#enter('truncate', path);
        this.#change(inode, { length });
      },
      stat: async () => {
        await this.#alive();
        return { size: inode.seen.length };
      },
      close: () => this.#alive(),
    };
  }

  #change(inode: Inode, change: Change): void {
    inode.seen = applied(inode.seen, change);
    inode.pending.push(change);
  }

  async #enter(call: DiskCall, path: string): Promise<void> {
    this.calls++;
    await this.#alive();
    await this.faults.before?.(call, path);
    await this.#alive();
  }

  /** A process that is gone never hears of its calls again. */
  #alive(): Promise<void> {
    return this.#isDead ? new Promise(() => undefined) : Promise.resolve();
  }
}

function applyName(names: Map<string, Inode>, { remove, add, inode }: NameChange): void {
  if (remove !== null) names.delete(remove);
  if (add !== null) names.set(add, inode!);
}

function applied(bytes: Buffer, change: Change): Buffer {
  return 'length' in change ? resized(bytes, change.length) : written(bytes, change.at, change.bytes);
}

function resized(bytes: Buffer, length: number): Buffer {
  return length <= bytes.length
    ? Buffer.from(bytes.subarray(0, length))
    : Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}

function written(bytes: Buffer, at: number, part: Buffer): Buffer {
  const whole = Buffer.from(resized(bytes, Math.max(bytes.length, at + part.length)));
  part.copy(whole, at);
  return whole;
}

function* sectorsOf({ at, bytes }: { at: number; bytes: Buffer }): Generator<{ at: number; bytes: Buffer }> {
  for (let from = 0; from < bytes.length; ) {
    const until = Math.min(bytes.length, from + SECTOR_BYTES - ((at + from) % SECTOR_BYTES));
    yield { at: at + from, bytes: bytes.subarray(from, until) };
    from = until;
  }
}
