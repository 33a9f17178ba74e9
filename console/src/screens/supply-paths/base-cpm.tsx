import { useEffect, useState } from 'react';
import { Field, Input } from '../../design/field.tsx';
import { moneyText, parseMoney } from '../../design/format/money.ts';

/** Typed freely, applied when it is an amount; what is wrong with it stands below it. */
export function BaseCpm({
  value,
  currency,
  onChange,
}: {
  value: number;
  currency: string;
  onChange: (value: number) => void;
}) {
  const [text, setText] = useState(value.toFixed(2));
  const micros = parseMoney(text);
  const fits = micros !== null && micros > 0 && micros <= 10_000_000_000;
  useEffect(() => {
    if (!fits || micros / 1_000_000 === value) return;
    const timer = setTimeout(() => onChange(micros / 1_000_000), 200);
    return () => clearTimeout(timer);
  });
  return (
    <Field
      label={`Base CPM, ${currency}`}
      className="flex flex-wrap items-center justify-end gap-x-2 [&>div]:!mb-0 [&>p]:w-full"
      error={fits ? undefined : `“${text}” is not accepted; give a price above 0 and up to 10,000`}
    >
      <Input
        inputMode="decimal"
        className="w-26"
        value={text}
        onChange={(event) => setText(event.target.value)}
        title={fits ? `${moneyText(micros, currency)} for 1,000 impressions` : undefined}
      />
    </Field>
  );
}
