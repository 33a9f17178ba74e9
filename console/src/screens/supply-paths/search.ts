import type { FeeMode } from '@cuepoint/contract';

/** What the address of the screen holds; defaults are left out of it. */
export interface SupplySearch {
  mode?: FeeMode;
  baseCpm?: number;
  first?: number;
  second?: number;
}

export const supplyDefaults = { mode: 'cascading', baseCpm: 10, first: 1, second: 2 } as const;

export function readSupplySearch(search: Record<string, unknown>): SupplySearch {
  const pathNumber = (value: unknown) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
  const baseCpm =
    typeof search.baseCpm === 'number' && search.baseCpm > 0 && search.baseCpm <= 10_000
      ? search.baseCpm
      : undefined;
  const first = pathNumber(search.first);
  const second = pathNumber(search.second);
  return {
    ...(search.mode === 'additive' || search.mode === 'cascading' ? { mode: search.mode } : {}),
    ...(baseCpm === undefined ? {} : { baseCpm }),
    ...(first === undefined ? {} : { first }),
    ...(second === undefined ? {} : { second }),
  };
}
