import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

/** A filter or a fact: what it is in second text, its value in full. */
export function Chip({
  label,
  value,
  set,
  onRemove,
  removeLabel,
}: {
  label?: string;
  value?: ReactNode;
  set?: boolean;
  onRemove?: () => void;
  removeLabel?: string;
}) {
  return (
    <span
      className={cx(
        'inline-flex h-6 items-center gap-1.5 rounded-md border px-2 text-sm whitespace-nowrap',
        set ? 'border-accent-text bg-accent-tint text-fg' : 'border-line-strong bg-surface text-fg-2',
      )}
    >
      {label}
      {value !== undefined && <b className="font-medium text-fg">{value}</b>}
      {onRemove && (
        <button
          type="button"
          onClick={onRemove}
          aria-label={removeLabel ?? `Remove ${label ?? 'filter'}`}
          className="-mr-2 grid size-6 place-items-center rounded-md text-fg-2 hover:text-fg"
        >
          <Icon of={X} />
        </button>
      )}
    </span>
  );
}

/** A short fixed word: a code, a type. */
export function Tag({ children, mono }: { children: ReactNode; mono?: boolean }) {
  return (
    <span
      className={cx(
        'inline-flex h-4.5 items-center rounded-[3px] border border-line-strong px-1.25 text-sm whitespace-nowrap text-fg-2',
        mono && 'font-mono',
      )}
    >
      {children}
    </span>
  );
}
