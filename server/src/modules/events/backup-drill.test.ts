import { describe } from 'vitest';
import {
  databaseKinds,
  drillCases,
  drillWorld,
  killedBackupCases,
  restoreCases,
} from './testing/backup-drill.ts';
import { fileCases } from './testing/backup-file-cases.ts';

const kinds = databaseKinds();
const other = kinds.at(-1)!;

/** The quick drill; every pair of databases, and every way to lose a log, are in the deep lane. */
describe('backups', () => {
  const world = drillWorld(kinds);
  drillCases(world, [
    ['embedded', other],
    ...(other === 'postgres' ? ([['postgres', 'embedded']] as const) : []),
  ]);
  fileCases(world);
  restoreCases(world, other);
  killedBackupCases(world);
});
