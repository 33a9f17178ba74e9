import type { Clock } from '../../kernel/clock.ts';
import type { Ids, RandomBytes } from '../../kernel/ids.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';

/** Slow hash of passwords (argon2id). */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

export interface AccountsPorts {
  unitOfWork: UnitOfWork;
  clock: Clock;
  ids: Ids;
  random: RandomBytes;
  passwords: PasswordHasher;
  /** Address of the console, for sign-in links. */
  publicUrl: string;
  /** What every new account starts with: markets, channels, a placement. */
  onAccountCreated?: (tx: import('../../kernel/unit-of-work.ts').Tx, accountId: string) => Promise<void>;
}
