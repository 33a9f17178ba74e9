import type { Config } from './config.ts';
import type { Logger } from './platform/telemetry/logger.ts';

export {
  BackupError,
  type BackupErrorKind,
  type CreatedBackup,
  type RestoredBackup,
  type VerifiedBackup,
} from '#modules/backup';
export { type Difference, type Reconciliation, reconcile } from '#modules/events';
export {
  type Config,
  ConfigError,
  type ExplainedSetting,
  hasAmazonKeys,
  type LoadedConfig,
  loadConfig,
  needsSandbox,
  type SettingKey,
  settings,
} from './config.ts';
export { AppError, toProblem } from './kernel/app-error.ts';
export type { LogRecord } from './kernel/delivery-protocol.ts';
export { describeIssues } from './kernel/input-problems.ts';
export { locateMediaTools } from './media-tools.ts';
export {
  DataDirectoryLockedError,
  type LockInformation,
  maskDatabaseUrl,
  openDatabase,
  readLock,
} from './platform/database/index.ts';
export { createLogger, type Logger } from './platform/telemetry/logger.ts';

export {
  type RunningInstallation,
  type SupervisorOptions,
  startInstallation,
} from './processes/supervisor.ts';
export { type RawLog, readRawLog } from './skins/delivery/log/raw-log.ts';

/** As `runRole`; loaded only when asked for, since commands that speak to a server need nothing of it. */
export async function runRole(config: Config, log: Logger): Promise<number> {
  const role = await import('./processes/role.ts');
  return role.runRole(config, log);
}

/** As below, for nodes that share budgets. */
export const nodeRetirement = (): Promise<typeof import('./processes/retire-node.ts')> =>
  import('./processes/retire-node.ts');

/** What acts on the installation itself, as `runRole`: loaded only when asked for. */
export const installationBackup = (): Promise<typeof import('./processes/backup.ts')> =>
  import('./processes/backup.ts');
