import type { HourRules } from './compare-hours.ts';
import type { FieldDifference } from './compare-page.ts';
import type { EventRow } from './derive-rows.ts';

/** What was counted of one node's spend in one flight, and the campaign it is of; that is empty where it is not known. */
export interface NodeSpendRow {
  node: string;
  line_item_id: string;
  flight_id: string;
  campaign_id: string;
  spent_micros: number;
  impressions: number;
}

export interface NodeSpendFinding {
  kind: 'node_spend_missing' | 'node_spend_unexpected' | 'node_spend_differs';
  row: NodeSpendRow;
  fields: FieldDifference[];
}

type Key = Pick<NodeSpendRow, 'node' | 'line_item_id' | 'flight_id'>;
export type NodeSpendSums = Map<string, NodeSpendRow>;

const keyOf = ({ node, line_item_id, flight_id }: Key): string => `${node} ${line_item_id} ${flight_id}`;

/** Adds what one counted event of a node's log spent: impressions of viewers do, and nothing else. */
export function addSpend(sums: NodeSpendSums, node: string, row: EventRow): void {
  if (row.event !== 'impression' || row.invalid !== '') return;
  const { line_item_id, flight_id, campaign_id, spent_micros } = row;
  addNodeSum(sums, { node, line_item_id, flight_id, campaign_id, spent_micros, impressions: 1 });
}

export function addNodeSum(sums: NodeSpendSums, row: NodeSpendRow): void {
  const key = keyOf(row);
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { ...row });
  else {
    sum.spent_micros += row.spent_micros;
    sum.impressions += row.impressions;
    if (row.campaign_id !== '') sum.campaign_id = row.campaign_id;
  }
}

/**
 * Compares what the logs say that each node spent with what is stored of it, to the unit and the micro. Of a removed
 * campaign less may be stored, never more.
 * @param derived of the logs, and of stored events whose records no log can show any more
 */
export function compareNodeSpend(
  derived: NodeSpendSums,
  stored: Iterable<NodeSpendRow>,
  { campaigns }: Pick<HourRules, 'campaigns'>,
): { findings: NodeSpendFinding[]; compared: number } {
  const findings: NodeSpendFinding[] = [];
  const held = new Map([...stored].map((row) => [keyOf(row), row]));
  const keys = new Set([...derived.keys(), ...held.keys()]);
  for (const key of keys) {
    const log = derived.get(key);
    const row = held.get(key);
    const isRemoved = log !== undefined && log.campaign_id !== '' && !campaigns.has(log.campaign_id);
    const fields = [
      { field: 'impressions', log: log?.impressions ?? null, stored: row?.impressions ?? null },
      { field: 'spentMicros', log: log?.spent_micros ?? null, stored: row?.spent_micros ?? null },
    ].filter((one) => (isRemoved ? (one.stored ?? 0) > (one.log ?? 0) : one.log !== one.stored));
    if (fields.length === 0) continue;
    const how = row === undefined ? 'missing' : log === undefined ? 'unexpected' : 'differs';
    findings.push({ kind: `node_spend_${how}`, row: (log ?? row)!, fields });
  }
  return { findings, compared: keys.size };
}
