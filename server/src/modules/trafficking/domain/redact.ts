const secretName = /(authorization|token|secret|password|api[-_]?key|cookie)/i;
const mark = '(redacted)';

/** A copy of a body or header set fit for the attempt log: values under secret names are taken out, long texts cut. */
export function redact(value: unknown, depth = 0): unknown {
  if (depth > 12) return '(too deep)';
  if (typeof value === 'string') return value.length > 4_000 ? `${value.slice(0, 4_000)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 200).map((entry) => redact(entry, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretName.test(name) && name !== 'nextToken' ? mark : redact(inner, depth + 1),
    ]),
  );
}
