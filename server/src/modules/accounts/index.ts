import type { AnyBinding } from '../../kernel/implement.ts';
import { type AccountsService, createAccountsService } from './accounts-service.ts';
import { type Authenticator, createAuthenticator } from './authentication.ts';
import { apiKeyOperations } from './operations/api-keys.ts';
import { listAuditOperation } from './operations/list-audit.ts';
import { memberOperations } from './operations/members.ts';
import { signInOperations } from './operations/sign-in.ts';
import type { AccountsPorts } from './ports.ts';

export {
  type AccountsService,
  accountDemoSeed,
  type FirstAccount,
  setAccountDemoSeed,
} from './accounts-service.ts';
export { argon2Passwords } from './adapters/argon2.ts';
export type { Authenticator } from './authentication.ts';
export { changesSince } from './changes-since.ts';
export { pipelineStore } from './pipeline-store.ts';
export type { AccountsPorts, PasswordHasher } from './ports.ts';

export interface AccountsModule {
  operations: AnyBinding[];
  authenticator: Authenticator;
  service: AccountsService;
}

export function createAccounts(ports: AccountsPorts): AccountsModule {
  return {
    operations: [
      ...signInOperations(ports),
      ...memberOperations(ports),
      ...apiKeyOperations(ports),
      listAuditOperation,
    ],
    authenticator: createAuthenticator(ports),
    service: createAccountsService(ports),
  };
}
