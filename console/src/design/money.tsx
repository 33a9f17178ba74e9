import { moneyParts, moneyShort, moneyText } from './format/money.ts';

/** An exact amount; digits after the minor unit are set quieter, never dropped. */
export function Money({ micros, currency, short }: { micros: number; currency: string; short?: boolean }) {
  if (short)
    return <span title={`${moneyText(micros, currency)} ${currency}`}>{moneyShort(micros, currency)}</span>;
  const { sign, symbol, head, tail } = moneyParts(micros, currency);
  return (
    <span className="whitespace-nowrap">
      {sign}
      {symbol}
      {head}
      <span className="font-regular text-fg-3">{tail}</span>
    </span>
  );
}

/** A figure with its unit set quieter: "93.8 %". */
export function Figure({ value, unit }: { value: string; unit?: string }) {
  return (
    <span className="whitespace-nowrap">
      {value}
      {unit && <span className="text-md font-regular tracking-normal text-fg-3"> {unit}</span>}
    </span>
  );
}
