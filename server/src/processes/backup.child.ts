/** For tests: makes or restores a backup, says so at its second table, and goes no further. */
import { loadConfig } from '../config.ts';
import { backUpInstallation, restoreInstallation } from './backup.ts';

const [mode, dataDir, databaseUrl, path, passphrase] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const { config } = loadConfig({ env: {}, flags: { dataDir, databaseUrl } });
let tables = 0;
const onTable = (): Promise<void> | void => {
  if (++tables < 2) return undefined;
  console.log('at the second table');
  setInterval(() => undefined, 1000);
  return new Promise(() => {});
};
if (mode === 'create') await backUpInstallation(config, { path, passphrase, withFiles: true, onTable });
else
  await restoreInstallation(config, { path, passphrase, replace: false, allowMissingFiles: false, onTable });
