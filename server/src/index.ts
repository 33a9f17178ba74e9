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
export type { LogRecord } from './kernel/delivery-protocol.ts';
export {
  DataDirectoryLockedError,
  type LockInformation,
  maskDatabaseUrl,
  openDatabase,
  readLock,
} from './platform/database/index.ts';
export { createLogger, type Logger } from './platform/telemetry/logger.ts';
export { runRole } from './processes/role.ts';
export {
  type RunningInstallation,
  type SupervisorOptions,
  startInstallation,
} from './processes/supervisor.ts';
export { type RawLog, readRawLog } from './skins/delivery/log/raw-log.ts';
