import type { Config, SettingKey } from '@cuepoint/server';
import type { Terminal } from '../output/terminal.ts';

/** What commands outside the contract get from the program. */
export interface Shell {
  guarded(work: (terminal: Terminal) => Promise<number | undefined>): Promise<void>;
  configOf(flags?: Partial<Record<SettingKey, unknown>>): Config;
}
