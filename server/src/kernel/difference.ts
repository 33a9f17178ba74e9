export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

type Row = Record<string, unknown>;

/** Fields that change with every write and say nothing. */
const noise = new Set(['version', 'updatedAt', 'createdAt']);

/**
 * Field-level difference of two states of an object, deep by path
 * (`targeting.countries`). Read backwards it is the inverse.
 * Secrets are named, never copied.
 */
export function difference(before: Row | null, after: Row | null): FieldChange[] {
  const changes: FieldChange[] = [];
  walk('', before ?? {}, after ?? {}, changes);
  return changes;
}

/** What to write to get from `after` back to `before`. */
export function inverse(changes: FieldChange[]): FieldChange[] {
  return changes.map(({ field, before, after }) => ({ field, before: after, after: before }));
}

/** Applies changes to a plain object and returns the result. */
export function applyChanges(state: Row, changes: FieldChange[]): Row {
  const result = structuredClone(state);
  for (const { field, after } of changes) {
    const path = field.split('.');
    let target = result;
    for (const key of path.slice(0, -1)) {
      const next = target[key];
      target[key] = isRow(next) ? next : {};
      target = target[key] as Row;
    }
    const last = path.at(-1)!;
    if (after === undefined) delete target[last];
    else target[last] = after;
  }
  return result;
}

function walk(prefix: string, before: Row, after: Row, changes: FieldChange[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (prefix === '' && noise.has(key)) continue;
    const field = prefix + key;
    const a = plain(before[key]);
    const b = plain(after[key]);
    if (isRow(a) && isRow(b) && !/(password|secret|token)/i.test(key)) {
      walk(`${field}.`, a, b, changes);
      continue;
    }
    if (same(a, b)) continue;
    changes.push({ field, before: masked(key, a), after: masked(key, b) });
  }
}

/** The value with every secret in it named only, however deep it lies. */
function masked(key: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (/(password|secret|token)/i.test(key)) return '(secret)';
  if (Array.isArray(value)) return value.map((entry) => masked('', entry));
  if (typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, masked(name, entry)]));
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

function isRow(value: unknown): value is Row {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
