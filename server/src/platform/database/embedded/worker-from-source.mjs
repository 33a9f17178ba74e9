// Entry of the database thread in a checkout. The TypeScript loader is registered from inside the thread: given
// on the command line it does nothing on threads of Node 20.
import { register } from 'tsx/esm/api';
// The engine is plain JavaScript: loaded before there is a loader, it does not pass through it.
import '@electric-sql/pglite';

register();
await import('./worker.ts');
