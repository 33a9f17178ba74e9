import { SUPPLY_PATHS } from '../../../seeds/reference/supply-paths.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AnyBinding } from '../../kernel/implement.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';
import { analyseSupplyPathsOperation, listSupplyPathsOperation } from './operations/supply-paths.ts';
import { loadSupplyPaths } from './stored-paths.ts';

export interface SupplyPorts {
  clock: Clock;
}

export interface SupplyModule {
  operations: AnyBinding[];
  /** Loads the supply paths that come with the product; once a version, so it is called at every start. */
  loadReferenceData(database: UnitOfWork): Promise<void>;
}

export function createSupply(ports: SupplyPorts): SupplyModule {
  return {
    operations: [listSupplyPathsOperation, analyseSupplyPathsOperation],
    loadReferenceData: (database) => loadSupplyPaths(database, SUPPLY_PATHS, ports.clock.now()),
  };
}
