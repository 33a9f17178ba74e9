import { moneyShort, parseMoney } from './design/format/money.ts';

/** What in a form does not fit: the field, and the value with what would be accepted. */
export interface DraftProblem {
  field: string;
  message: string;
}

/** A part of a form: what it shows of the draft, what does not fit, and what was changed in it. */
export interface DraftPart<Draft> {
  draft: Draft;
  /** What does not fit in a field of the draft; `remote` is what the server calls it. */
  problem: (field: string, remote?: string) => string | undefined;
  onChange: (change: Partial<Draft>) => void;
}

/** Reads texts of a form one by one and keeps what does not fit; a field that does not gives its least value. */
export function draftReader() {
  const problems: DraftProblem[] = [];
  const refuse = (field: string, value: string, accepted: string): void => {
    problems.push({ field, message: `“${value}” is not accepted; give ${accepted}` });
  };
  return {
    problems,
    refuse,
    /** Milliseconds of seconds. */
    seconds(field: string, value: string, least = 0): number {
      const found = readSeconds(value);
      if (found === null || found < least || found > 3_600_000) {
        refuse(field, value, `${least > 0 ? 'more than 0' : '0'} to 3600 seconds, at most 3 decimals`);
        return least;
      }
      return found;
    },
    whole(field: string, value: string, least: number, most: number): number {
      const found = /^\d{1,6}$/.test(value.trim()) ? Number(value) : Number.NaN;
      if (!(found >= least && found <= most)) {
        refuse(field, value, `a whole number from ${least} to ${most}`);
        return least;
      }
      return found;
    },
    /** Micros of an amount up to 10,000; empty is 0. */
    price(field: string, value: string): number {
      const micros = value.trim() === '' ? 0 : parseMoney(value);
      if (micros === null || micros > 10_000_000_000) {
        refuse(field, value, 'an amount from 0 to 10,000');
        return 0;
      }
      return micros;
    },
    /** Thousandths of a factor. */
    permille(field: string, value: string): number {
      const found = /^\d{1,2}(?:\.\d{1,3})?$/.test(value.trim())
        ? Math.round(Number(value) * 1000)
        : Number.NaN;
      if (!(found >= 100 && found <= 10_000)) {
        refuse(field, value, '0.1 to 10, such as 1.15 for 15 % more');
        return 1000;
      }
      return found;
    },
  };
}

/** An amount as a field starts with it: exact, without the currency sign, which stands beside it. */
export function amountText(micros: number, currency: string): string {
  return moneyShort(micros, currency).replace(/^[^\d]+/, '');
}

/** The fields of an input that say something else than the object as it was seen. */
export function changedFields<T extends object>(input: T, seen: object): Partial<T> {
  const before = seen as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(input).filter(([field, value]) => sorted(value) !== sorted(before[field])),
  ) as Partial<T>;
}

/** The same text for the same value, whatever the order of its keys: a database keeps another one. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

/** Milliseconds of seconds as a person types them; null when they are none or finer than a millisecond. */
function readSeconds(text: string): number | null {
  return /^\d{1,4}(?:\.\d{1,3})?$/.test(text.trim()) ? Math.round(Number(text) * 1000) : null;
}
