import type { Client, ClientOptions } from '@cuepoint/client';
import type { SystemStatus } from '@cuepoint/contract';
import type { Terminal } from '../output/terminal.ts';
import type { SandboxControl } from './sandbox-control.ts';

/** What every step of a demo has to work with. */
export interface DemoContext {
  client: Client;
  target: ClientOptions;
  status: SystemStatus;
  /** Data directory of the server: its raw log lies there. */
  dataDir: string;
  /** The stand-in platforms; null when every platform is real. */
  sandbox: SandboxControl | null;
  /** The server was started for this demo: nothing else runs on it. */
  own: boolean;
  terminal: Terminal;
  /** Cuts shorter spots from the one that was made. */
  ffmpegPath: string;
  options: DemoOptions;
}

export interface DemoOptions {
  /** The brief as text, and where it came from. */
  brief: { text: string; source: string };
  /** An MP4 to use instead of generating one. */
  video: string | null;
  /** How many ads to ask for. */
  ads: number;
}
