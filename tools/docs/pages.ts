import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCatalog, type Operation, operations, pipelineErrors } from '@cuepoint/contract';
import { settings } from '../../server/src/config.ts';
import { deliveryProblems } from '../../server/src/skins/delivery/problems.ts';
import { configPage } from './config.ts';
import { type ErrorSources, errorProblems, errorsPage } from './errors.ts';
import { operationsPage } from './operations.ts';

export const root = join(import.meta.dirname, '../..');

/** What the error page is made from. */
function errorSources(): ErrorSources {
  return {
    catalog: errorCatalog,
    pipeline: pipelineErrors,
    operations: operations as readonly Operation[],
    delivery: deliveryProblems,
    productText: ['server/src', 'cli/src'].map((folder) => productText(join(root, folder))).join('\n'),
  };
}

/** Every generated page by its path, and what is wrong with the tables they are made from. */
export function generatedPages(): { pages: Record<string, string>; problems: string[] } {
  const sources = errorSources();
  return {
    pages: {
      'docs/operations.md': operationsPage(sources.operations),
      'docs/errors.md': errorsPage(sources),
      'docs/config.md': configPage(settings),
    },
    problems: errorProblems(sources),
  };
}

function productText(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'testing' ? '' : productText(path);
      return /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}
