import type { ReactNode } from 'react';
import { Checkbox } from '../../design/choice.tsx';
import { Input } from '../../design/field.tsx';

/** A part of the form under its own line. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-3">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** A checkbox with its words beside it. */
export function Check({
  label,
  checked,
  disabled = false,
  onChange,
  children,
}: {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}) {
  return (
    <div className="flex items-center gap-2 text-sm">
      <Checkbox checked={checked} disabled={disabled} onChange={onChange} label={label} />
      <span aria-hidden="true">{label}</span>
      {children && <span className="text-fg-3">{children}</span>}
    </div>
  );
}

/** Two lengths in seconds in a row, from the one to the other. */
export function SecondsRange({
  name,
  row,
  words: [from, to],
  onChange,
}: {
  name: string;
  row: { min: string; max: string };
  /** What the two are called in their labels. */
  words: readonly [from: string, to: string];
  onChange: (change: { min?: string; max?: string }) => void;
}) {
  return (
    <>
      <Input
        aria-label={`${name}: ${from}, seconds`}
        className="w-18"
        unit="s"
        value={row.min}
        onChange={(event) => onChange({ min: event.target.value })}
      />
      <span>to</span>
      <Input
        aria-label={`${name}: ${to}, seconds`}
        className="w-18"
        unit="s"
        value={row.max}
        onChange={(event) => onChange({ max: event.target.value })}
      />
    </>
  );
}
