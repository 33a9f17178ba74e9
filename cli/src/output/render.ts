/** Plain text of an operation's answer: a table for a list, lines for an object. */
export function renderOutput(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const items = listOf(value);
  if (items) return renderList(items, value as Record<string, unknown>);
  return renderObject(value as Record<string, unknown>, '');
}

type Row = Record<string, unknown>;

function listOf(value: object): Row[] | null {
  for (const key of ['items', 'results']) {
    const list = (value as Row)[key];
    if (Array.isArray(list)) return list as Row[];
  }
  return null;
}

const hidden = new Set(['version', 'createdAt', 'updatedAt', 'frames', 'actions', 'findings', 'permissions']);
const widest = 44;

function renderList(items: Row[], whole: Row): string {
  if (items.length === 0) return 'none';
  const columns = Object.keys(items[0]!).filter(
    (key) =>
      !hidden.has(key) && items.some((item) => isScalar(item[key]) && item[key] !== null && item[key] !== ''),
  );
  const cells = [columns.map(headOf), ...items.map((item) => columns.map((key) => cellOf(key, item[key])))];
  const widths = columns.map((_, index) =>
    Math.min(widest, Math.max(...cells.map((row) => row[index]!.length))),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, index) => cut(cell, widths[index]!).padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  );
  const total =
    typeof whole.total === 'number' && whole.total > items.length
      ? `\n${items.length} of ${whole.total}`
      : '';
  const more = typeof whole.nextCursor === 'string' ? `; next page: --cursor ${whole.nextCursor}` : '';
  return `${lines.join('\n')}${total}${more}`;
}

function renderObject(value: Row, indent: string): string {
  const lines: string[] = [];
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const width = Math.max(...entries.map(([key]) => headOf(key).length), 0);
  for (const [key, entry] of entries) {
    const head = `${indent}${headOf(key).padEnd(width)}  `;
    if (isScalar(entry)) lines.push(`${head}${cellOf(key, entry)}`.trimEnd());
    else if (Array.isArray(entry)) {
      if (entry.length === 0) continue;
      if (entry.every(isScalar)) lines.push(`${head}${entry.map((item) => cellOf(key, item)).join(', ')}`);
      else {
        lines.push(`${indent}${headOf(key)}`);
        for (const item of entry) lines.push(renderObject(item as Row, `${indent}  `), '');
        if (lines.at(-1) === '') lines.pop();
      }
    } else lines.push(`${indent}${headOf(key)}`, renderObject(entry as Row, `${indent}  `));
  }
  return lines.join('\n');
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function headOf(key: string): string {
  const words = key
    .replace(/Micros$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function cellOf(key: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
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
