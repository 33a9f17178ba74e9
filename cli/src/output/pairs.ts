/** Names and values as two columns. */
export function pairs(values: Readonly<Record<string, string>>): string {
  const width = Math.max(0, ...Object.keys(values).map((key) => key.length));
  return Object.entries(values)
    .map(([key, value]) => `${key.padEnd(width)}  ${value}`)
    .join('\n');
}
