import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

const lockName = 'cuepoint.lock';
const claimPrefix = 'cuepoint.lock.claim-';
const heartbeatMs = 5_000;
/** A holder that cannot be seen (other machine or container) counts as gone after this silence. */
const silenceLimitMs = 30_000;

/** What the lock file says; other commands use it to reach the running server. */
export interface LockInformation {
  pid: number;
  /** UTC ISO instant at which the directory was taken. */
  startedAt: string;
  /** Base URL of the running server; null until it listens. */
  address: string | null;
  /** Secret for local commands; the file is readable by its owner only. */
  token: string;
  /** Base URL of the stand-in platforms it uses; null when it uses none. */
  sandboxOrigin: string | null;
  /** Where the control plane itself listens; null when it is not known. */
  controlOrigin: string | null;
}

interface LockFile extends LockInformation {
  holder: ProcessIdentity;
}

export interface DataDirectoryLock {
  readonly directory: string;
  readonly token: string;
  /** Tells other commands where the server answers, the stand-in platforms it uses, and where its control plane is. */
  publish(address: string, sandboxOrigin?: string | null, controlOrigin?: string | null): void;
  release(): void;
}

/** Another process uses the directory. */
export class DataDirectoryLockedError extends Error {
  override readonly name = 'DataDirectoryLockedError';
  readonly pid: number;
  readonly address: string | null;

  constructor(directory: string, holder: LockInformation) {
    const where =
      holder.address === null ? 'it has not published an address yet' : `it answers at ${holder.address}`;
    super(
      `the data directory ${directory} is in use by process ${holder.pid} since ${holder.startedAt}; ${where}`,
    );
    this.pid = holder.pid;
    this.address = holder.address;
  }
}

function parse(path: string): LockFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const file = JSON.parse(text) as LockFile;
    if (typeof file.token === 'string' && Number.isInteger(file.holder?.pid)) return file;
  } catch {
    // Falls through to the message below: files appear whole, so this one was written by something else.
  }
  throw new Error(
    `the lock file ${path} is not readable as a lock; remove it if no Cuepoint process is running`,
  );
}

function isHeld(path: string, file: LockFile): boolean {
  const alive = isAlive(file.holder);
  if (alive !== null) return alive;
  try {
    return Date.now() - statSync(path).mtimeMs < silenceLimitMs;
  } catch {
    return false;
  }
}

/** Writes the file whole under a name of its own, so that a link or rename of it is never half a file. */
function draft(directory: string, file: LockFile): string {
  const path = join(directory, `${lockName}.new-${process.pid}-${randomBytes(6).toString('hex')}`);
  writeFileSync(path, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx' });
  return path;
}

function linkExclusively(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Wins the right to replace the lock that carries `token`, or names the living process that won it. A winner
 * that died in between is itself replaced the same way, one claim further.
 */
function claim(directory: string, token: string, file: string): LockFile | null {
  const path = join(directory, claimPrefix + token);
  if (linkExclusively(file, path)) return null;
  const rival = parse(path);
  if (rival === null) return claim(directory, token, file);
  return isHeld(path, rival) ? rival : claim(directory, rival.token, file);
}

function dropClaims(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(claimPrefix)) rmSync(join(directory, name), { force: true });
  }
}

/**
 * Takes the directory for this process, creating it when absent. A lock left by a dead process is taken over;
 * a living one is refused with `DataDirectoryLockedError`.
 */
export function acquireDataDirectoryLock(directoryPath: string): DataDirectoryLock {
  const directory = resolve(directoryPath);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, lockName);
  const file: LockFile = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    address: null,
    token: randomBytes(32).toString('base64url'),
    sandboxOrigin: null,
    controlOrigin: null,
    holder: ownIdentity(),
  };
  const prepared = draft(directory, file);
  try {
    while (!linkExclusively(prepared, path)) {
      const present = parse(path);
      if (present === null) continue;
      if (isHeld(path, present)) throw new DataDirectoryLockedError(directory, present);
      const rival = claim(directory, present.token, prepared);
      if (rival !== null) throw new DataDirectoryLockedError(directory, rival);
      // Somebody may have replaced the lock and cleared the claims between our look and our claim.
      if (parse(path)?.token !== present.token) {
        rmSync(join(directory, claimPrefix + present.token), { force: true });
        continue;
      }
      renameSync(draft(directory, file), path);
      dropClaims(directory);
      break;
    }
  } finally {
    rmSync(prepared, { force: true });
  }
  return hold(directory, path, file);
}

function hold(directory: string, path: string, file: LockFile): DataDirectoryLock {
  let held = true;
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The directory was removed under us; release() has nothing left to do either.
    }
  }, heartbeatMs);
  heartbeat.unref();
  return {
    directory,
    token: file.token,
    publish(address, sandboxOrigin = null, controlOrigin = null) {
      if (!held)
        throw new Error(`the lock on ${directory} was released; an address can no longer be published`);
      renameSync(draft(directory, { ...file, address, sandboxOrigin, controlOrigin }), path);
    },
    release() {
      if (!held) return;
      held = false;
      clearInterval(heartbeat);
      // Only ever our own: after a silence another machine may have taken over.
      if (parse(path)?.token === file.token) rmSync(path, { force: true });
    },
  };
}

/** The running holder of the directory, or null when nobody holds it. */
export function readLock(directory: string): LockInformation | null {
  const path = join(resolve(directory), lockName);
  const file = parse(path);
  if (file === null || !isHeld(path, file)) return null;
  const { pid, startedAt, address, token } = file;
  // A lock of an older version has no such fields.
  return {
    pid,
    startedAt,
    address,
    token,
    sandboxOrigin: file.sandboxOrigin ?? null,
    controlOrigin: file.controlOrigin ?? null,
  };
}
