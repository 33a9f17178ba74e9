/** What goes wrong with the next matching requests. */
export const faultKinds = [
  /** 429, not processed. */
  'rate_limited',
  /** 503, not processed. */
  'unavailable',
  /** Processed, then answered 500. */
  'error_after',
  /** Processed, then the connection is cut without an answer. */
  'cut_after',
  /** The connection is cut before anything is processed. */
  'cut_before',
  /** Processed and answered after `delayMs`. */
  'slow',
  /** Processed, answered with broken JSON. */
  'malformed',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  platform: string;
  /** Any method when absent. */
  method?: string;
  /** Path after the platform prefix; `*` stands for any run of characters. Any path when absent. */
  path?: string;
  kind: FaultKind;
  times: number;
  retryAfterSeconds?: number;
  delayMs?: number;
}

export interface FaultBook {
  add(fault: Fault): void;
  /** Takes one use of the oldest fault that fits, if any. */
  take(platform: string, method: string, path: string): Fault | undefined;
  list(): readonly Fault[];
  clear(): void;
}

export function createFaultBook(): FaultBook {
  let faults: Fault[] = [];
  return {
    add: (fault) => void faults.push({ ...fault }),
    take(platform, method, path) {
      const fault = faults.find(
        (candidate) =>
          candidate.platform === platform &&
          (candidate.method === undefined || candidate.method === method) &&
          (candidate.path === undefined || matches(candidate.path, path)),
      );
      if (!fault) return undefined;
      fault.times -= 1;
      faults = faults.filter((candidate) => candidate.times > 0);
      return fault;
    },
    list: () => faults,
    clear: () => {
      faults = [];
    },
  };
}

function matches(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}
