// Entry of the snapshot thread in a checkout. The TypeScript loader is registered from inside the thread: given
// on the command line it does nothing on threads of Node 20.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
