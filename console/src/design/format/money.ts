export interface MoneyParts {
  /** "−" or nothing. */
  sign: string;
  symbol: string;
  /** Grouped units and the minor digits of the currency: "21,406.11". */
  head: string;
  /** The rest of the micros, never rounded away: "8300". */
  tail: string;
}

const symbols = new Map<string, { symbol: string; digits: number }>();

function currencyOf(currency: string): { symbol: string; digits: number } {
  let known = symbols.get(currency);
  if (!known) {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
    const symbol = format.formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency;
    known = {
      symbol: /^[A-Z]{2,}$/.test(symbol) ? `${symbol}\u00a0` : symbol,
      digits: format.resolvedOptions().maximumFractionDigits ?? 2,
    };
    symbols.set(currency, known);
  }
  return known;
}

/**
 * Splits integer micros into what is read and what is set quieter.
 * @throws RangeError when `micros` is no safe integer; money is never guessed.
 */
export function moneyParts(micros: number, currency: string): MoneyParts {
  if (!Number.isSafeInteger(micros))
    throw new RangeError(`money must be a safe integer of micros, got ${micros}`);
  const { symbol, digits } = currencyOf(currency);
  const size = Math.abs(micros);
  const units = Math.floor(size / 1_000_000).toLocaleString('en-US');
  const fraction = String(size % 1_000_000).padStart(6, '0');
  return {
    sign: micros < 0 ? '\u2212' : '',
    symbol,
    head: digits > 0 ? `${units}.${fraction.slice(0, digits)}` : units,
    tail: digits > 0 ? fraction.slice(digits) : `.${fraction}`,
  };
}

/** The whole amount as text: "$21,406.118300". */
export function moneyText(micros: number, currency: string): string {
  const { sign, symbol, head, tail } = moneyParts(micros, currency);
  return `${sign}${symbol}${head}${tail}`;
}

/** As short as it is exact: "$240,000", "$24.10", "$0.075". Nothing is rounded. */
export function moneyShort(micros: number, currency: string): string {
  const { sign, symbol, head, tail } = moneyParts(micros, currency);
  const quiet = tail.replace(/0+$/, '').replace(/^\.$/, '');
  return quiet === '' ? `${sign}${symbol}${head.replace(/\.0+$/, '')}` : `${sign}${symbol}${head}${quiet}`;
}

/** For chart axes only, where the exact figure stands elsewhere: "$60k". */
export function moneyAxis(micros: number, currency: string): string {
  const { symbol } = currencyOf(currency);
  const units = micros / 1_000_000;
  const size = Math.abs(units);
  if (size >= 1e9) return `${symbol}${trim(units / 1e9)}bn`;
  if (size >= 1e6) return `${symbol}${trim(units / 1e6)}m`;
  if (size >= 1e3) return `${symbol}${trim(units / 1e3)}k`;
  return `${symbol}${trim(units)}`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/**
 * Reads an amount as a person types it: "10", "1,000.50", "$0.075".
 * @returns integer micros, or null when it is no amount or finer than a micro.
 */
export function parseMoney(text: string): number | null {
  const bare = text
    .trim()
    .replace(/^[^\d.,-]+/, '')
    .replaceAll(',', '')
    .replaceAll('\u00a0', '');
  const match = /^(\d{1,9})?(?:\.(\d{0,6}))?$/.exec(bare);
  if (!match || (match[1] === undefined && !match[2])) return null;
  const micros = Number(match[1] ?? '0') * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
  return Number.isSafeInteger(micros) ? micros : null;
}
