import type { ReactNode } from 'react';
import { Field, Input } from './field.tsx';

/** A field of one line of text, with its label and what does not fit. */
export function TextField({
  label,
  hint,
  error,
  onChange,
  ...input
}: {
  label: string;
  hint?: ReactNode;
  error?: ReactNode;
  value: string;
  /** Unit or currency, at the right. */
  unit?: ReactNode;
  placeholder?: string;
  maxLength?: number;
  inputMode?: 'decimal' | 'numeric';
  required?: boolean;
  onChange: (text: string) => void;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      <Input {...input} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
