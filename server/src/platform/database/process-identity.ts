import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process for good: process ids are reused, a start time together with the id is not. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque start mark; null where the system does not tell it. */
  startMark: string | null;
  /** Where the id is valid: machine and, in containers, process namespace. */
  realm: string;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Start mark of a process, `'gone'` when there is none (a zombie counts as gone), null when unknown. */
function startMark(pid: number): string | null {
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
  if (boot !== undefined) {
    const stat = read(`/proc/${pid}/stat`);
    if (stat === null) return 'gone';
    // proc(5): the name in brackets may hold spaces; state is the first field after it, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : `${boot}:${fields[19]}`;
  }
  if (process.platform === 'win32') return null;
  try {
    const options = { encoding: 'utf8' as const, timeout: 5_000 };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || 'gone';
  } catch {
    return 'gone';
  }
}

function realm(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startMark: startMark(process.pid), realm: realm() };
}

/** True, false, or null when the process belongs to another machine or container and cannot be seen. */
export function isAlive(identity: ProcessIdentity): boolean | null {
  if (identity.realm !== realm()) return null;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const mark = startMark(identity.pid);
  return mark === null || identity.startMark === null || mark === identity.startMark;
}
