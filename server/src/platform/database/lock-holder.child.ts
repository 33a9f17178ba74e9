/** Test child: takes the lock on a directory, reports the outcome, and holds it until it is ended. */
import { acquireDataDirectoryLock, DataDirectoryLockedError } from './data-directory-lock.ts';

const [directory, address, startAt] = process.argv.slice(2);
if (directory === undefined)
  throw new Error('usage: lock-holder.child.ts <directory> [address] [start at, epoch ms]');
if (startAt !== undefined) {
  // Rivals start together, without a pause between them.
  while (Date.now() < Number(startAt));
}
try {
  const lock = acquireDataDirectoryLock(directory);
  if (address !== undefined && address !== '-') lock.publish(address);
  console.log(`held ${process.pid}`);
  setInterval(() => undefined, 1_000);
} catch (error) {
  if (!(error instanceof DataDirectoryLockedError)) throw error;
  console.log(`refused by ${error.pid}`);
}
