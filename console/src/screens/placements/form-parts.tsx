import type { ReactNode } from 'react';
import { Checkbox } from '../../design/choice.tsx';

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
