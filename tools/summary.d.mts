export function keepCounts(name: string, counts: { passed: number; failed: readonly string[] }): void;
export function addUp(reports: ReadonlyArray<Record<string, unknown>>): {
  passed: number;
  failed: number;
  skipped: number;
};
export function namesOfFailed(reports: ReadonlyArray<Record<string, unknown>>): string[];
