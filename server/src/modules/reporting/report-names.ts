import { campaignsById, lineItemNames } from '#modules/campaigns';
import type { ReportColumn, ReportGroup } from '#modules/events';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { ReportingPorts } from './ports.ts';

type Names = ReadonlyMap<string, string>;

/** Names of what the rows of a report are about, by dimension and id; what is gone has none. */
export async function namesOf(
  ports: ReportingPorts,
  tx: Tx,
  columns: readonly ReportColumn[],
  groups: readonly ReportGroup[],
): Promise<Map<ReportColumn, Names>> {
  const names = new Map<ReportColumn, Names>();
  for (const [index, column] of columns.entries()) {
    const ids = [...new Set(groups.map(({ keys }) => keys[index]!))].filter((id) => id !== '');
    if (column === 'campaign') {
      const campaigns = await campaignsById(tx, ids);
      names.set(column, new Map([...campaigns].map(([id, { name }]) => [id, name])));
    } else if (column === 'line_item') names.set(column, await lineItemNames(tx, ids));
    else if (column === 'creative') names.set(column, await ports.creativeNames(tx, ids));
    else if (column === 'placement') names.set(column, await ports.placementNames(tx, ids));
  }
  return names;
}
