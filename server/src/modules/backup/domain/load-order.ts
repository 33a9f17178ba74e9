/**
 * Tables in an order in which each comes after those that it refers to; by name where the links leave it open.
 * @throws Error naming the tables that refer to each other in a circle, or to themselves
 */
export function loadOrder<T extends { name: string; refersTo: readonly string[] }>(
  tables: readonly T[],
): T[] {
  const left = new Map(
    [...tables].sort((a, b) => (a.name < b.name ? -1 : 1)).map((table) => [table.name, table]),
  );
  const ordered: T[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].find((table) => !table.refersTo.some((name) => left.has(name)));
    if (!ready)
      throw new Error(
        `the tables ${[...left.keys()].join(', ')} refer to each other or to themselves: their rows cannot be loaded in order`,
      );
    left.delete(ready.name);
    ordered.push(ready);
  }
  return ordered;
}
