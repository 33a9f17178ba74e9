import { LoaderCircle } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from '../../design/cx.ts';
import { Icon } from '../../design/icon.tsx';

/**
 * A value that is edited where it stands: Enter or e opens it, Enter keeps, Esc leaves it. What does not fit says why
 * and stays open.
 */
export function EditCell({
  label,
  text,
  shown = text,
  options,
  read,
  onSave,
  busy,
  disabled,
  right,
  children,
}: {
  label: string;
  /** The value as the field starts with. */
  text: string;
  /** The value as it reads, where that is another. */
  shown?: string;
  /** A choice instead of a text. */
  options?: readonly { value: string; label: string }[];
  /** Null when the text is accepted, else why not. */
  read: (text: string) => string | null;
  onSave: (text: string) => void;
  busy: boolean;
  disabled: boolean;
  right?: boolean;
  children: ReactNode;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  /** What the field started with: the value may change below it while it is open. */
  const opened = useRef(text);
  const open = () => {
    opened.current = text;
    setDraft(text);
  };
  const editing = draft !== null;
  useEffect(() => {
    if (editing || !back.current) return;
    back.current = false;
    button.current?.focus();
  }, [editing]);
  if (disabled) return children;
  const close = (refocus: boolean) => {
    back.current = refocus;
    setDraft(null);
    setProblem(null);
  };
  const keep = (value: string, refocus: boolean) => {
    const same = value.trim() === opened.current.trim();
    const refused = same ? null : read(value);
    if (refused) return setProblem(refused);
    close(refocus);
    if (!same) onSave(value.trim());
  };
  if (!editing) {
    return (
      <button
        ref={button}
        type="button"
        data-cell=""
        aria-label={`${label}: ${shown}, edit`}
        title="Enter or e to edit"
        aria-busy={busy || undefined}
        onClick={open}
        onKeyDown={(event) => {
          if (event.key !== 'e' || event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          open();
        }}
        className={cx(
          '-mx-1 inline-flex h-6 max-w-full items-center gap-1 rounded-md border border-transparent px-1 outline-offset-[-2px] hover:border-line-strong',
          right && 'justify-end',
        )}
      >
        {busy && <Icon of={LoaderCircle} size="small" className="animate-spin" />}
        {children}
      </button>
    );
  }
  const box = 'h-6 w-full min-w-0 rounded-md border bg-surface px-1 focus-visible:-outline-offset-1';
  return (
    <span className="relative block">
      {options ? (
        <select
          // biome-ignore lint/a11y/noAutofocus: the cell was opened to be edited
          autoFocus
          aria-label={label}
          value={draft}
          className={cx(box, 'border-edge')}
          onChange={(event) => keep(event.target.value, true)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close(true);
            event.stopPropagation();
          }}
          onBlur={() => close(false)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: the cell was opened to be edited
          autoFocus
          aria-label={label}
          aria-invalid={problem !== null || undefined}
          value={draft}
          className={cx(box, problem ? 'border-block' : 'border-edge', right && 'text-right')}
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setDraft(event.target.value);
            setProblem(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              // Else the same key would press the button that takes the focus.
              event.preventDefault();
              keep(event.currentTarget.value, true);
            }
            if (event.key === 'Escape') close(true);
            event.stopPropagation();
          }}
          onBlur={(event) => (read(event.target.value) ? close(false) : keep(event.target.value, false))}
        />
      )}
      {problem && (
        <span
          role="alert"
          className="absolute top-7 right-0 z-20 w-56 rounded-md border border-l-2 border-line border-l-block bg-raised px-2 py-1 text-left text-sm whitespace-normal text-fg shadow-float"
        >
          {problem}
        </span>
      )}
    </span>
  );
}
