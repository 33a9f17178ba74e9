/** A figure that cannot be computed with. `field` is the path of the input, e.g. `fees[2].value`. */
export class SupplyEconomicsInputError extends Error {
  readonly code = 'supply_economics.invalid_input';
  readonly field: string;

  constructor(field: string, found: unknown, accepted: string) {
    super(`${field} is ${describe(found)}; accepted: ${accepted}.`);
    this.name = 'SupplyEconomicsInputError';
    this.field = field;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : typeof value;
}

/** A safe integer within [min, max] as a bigint, or an error that names the field. */
export function integerInput(field: string, value: number, min: number, max: number, unit: string): bigint {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new SupplyEconomicsInputError(field, value, `a whole number of ${unit} from ${min} to ${max}`);
  }
  return BigInt(value);
}

/** An ISO 4217 alphabetic code. */
export function currencyInput(value: string): string {
  if (!/^[A-Z]{3}$/.test(value)) {
    throw new SupplyEconomicsInputError(
      'currency',
      value,
      'an ISO 4217 code of three capital letters, e.g. USD',
    );
  }
  return value;
}
