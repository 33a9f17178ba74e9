import { indent, table } from './table.ts';

/** Plain text of an operation's answer: a table for a list, lines for an object. `wide` leaves no column out. */
export function renderOutput(value: unknown, options: { wide?: boolean } = {}): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const items = listOf(value);
  if (items) return renderList(items, value as Row, options.wide === true);
  return renderObject(value as Row);
}

type Row = Record<string, unknown>;

function listOf(value: object): Row[] | null {
  for (const key of ['items', 'results']) {
    const list = (value as Row)[key];
    if (Array.isArray(list)) return list as Row[];
  }
  return null;
}

/** Left out of tables: what nobody compares, and what has a readable twin. */
const hidden =
  /^(version|createdAt|updatedAt|demo|currency|timeZone|sha256|assetId|.*Url|universalAdId|requestId|estimatedCostMicros|placementKey)$/;
const widest = 44;
const nestedRows = 15;

function renderList(items: Row[], whole: Row, wide: boolean): string {
  if (items.length === 0) return 'none';
  const more =
    typeof whole.nextCursor === 'string'
      ? `\n${items.length} of ${String(whole.total)}; next page: --cursor ${whole.nextCursor}`
      : '';
  return `${tableOf(items, wide)}${more}`;
}

function tableOf(items: Row[], wide: boolean): string {
  const keys = Object.keys(items[0]!);
  const columns = keys.filter((key) => {
    if (!items.some((item) => isScalar(item[key]) && item[key] !== null && item[key] !== '')) return false;
    if (wide) return true;
    // A name or a code stands for the object it names.
    const stem = key.endsWith('Id') ? key.slice(0, -2) : null;
    if (stem && keys.some((other) => other === `${stem}Name` || other === `${stem}Code`)) return false;
    return !hidden.test(key);
  });
  const right = columns.flatMap((key, index) =>
    items.some((item) => typeof item[key] === 'number') ? [index] : [],
  );
  const cells = items.map((item) =>
    columns.map((key) => (wide ? cellOf(key, item[key]) : cut(cellOf(key, item[key]), widest))),
  );
  return table([columns.map(headOf), ...cells], right);
}

function renderObject(value: Row): string {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const width = Math.max(0, ...entries.map(([key]) => headOf(key).length));
  return entries
    .flatMap(([key, entry]) => {
      const head = headOf(key);
      if (isScalar(entry)) return [`${head.padEnd(width)}  ${cellOf(key, entry)}`];
      if (!Array.isArray(entry)) return [head, indent(renderObject(entry as Row))];
      if (entry.length === 0) return [];
      if (entry.every(isScalar))
        return [`${head.padEnd(width)}  ${entry.map((item) => cellOf(key, item)).join(', ')}`];
      return [head, indent(nestedTable(entry as Row[]))];
    })
    .join('\n');
}

/** A list inside an object: its start, as a table. */
function nestedTable(items: Row[]): string {
  const rest = items.length - nestedRows;
  const shown = tableOf(items.slice(0, nestedRows), false);
  return rest > 0 ? `${shown}\nand ${rest} more: --json shows all` : shown;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function headOf(key: string): string {
  const words = key
    .replace(/Micros$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(id|url|cpm|qc|dsp|ad id)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function cellOf(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'number' && key.endsWith('Micros')) return formatMicros(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Units with six decimals, grouped: micros are never rounded away. */
export function formatMicros(micros: number): string {
  const sign = micros < 0 ? '-' : '';
  const units = BigInt(Math.abs(micros)) / 1_000_000n;
  const rest = BigInt(Math.abs(micros)) % 1_000_000n;
  return `${sign}${units.toString().replace(/\B(?=(\d{3})+$)/g, ',')}.${rest.toString().padStart(6, '0')}`;
}
