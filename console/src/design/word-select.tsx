import { Select } from './field.tsx';

/** A choice among values that each have a word. */
export function WordSelect<T extends string>({
  value,
  words,
  label,
  className,
  onChange,
}: {
  value: T;
  words: Readonly<Record<T, string>>;
  /** Where no field names it. */
  label?: string;
  className?: string;
  onChange: (value: T) => void;
}) {
  const values = Object.keys(words) as T[];
  return (
    <Select
      aria-label={label}
      className={className}
      value={value}
      onChange={(event) => onChange(values.find((one) => one === event.target.value) ?? value)}
    >
      {values.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </Select>
  );
}
