import { describe } from 'vitest';
import { databaseKinds, drillCases, drillWorld, nodeLogCases, restoreCases } from './testing/backup-drill.ts';
import { listingCases } from './testing/backup-file-cases.ts';

const kinds = databaseKinds();

describe('backups, the long drill', () => {
  const world = drillWorld(kinds);
  drillCases(
    world,
    kinds.map((kind) => [kind, kind] as const),
  );
  listingCases(world);
  restoreCases(world, 'embedded');
  nodeLogCases(world);
});
