import { ChevronDown, OctagonX } from 'lucide-react';
import {
  createContext,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useContext,
  useId,
} from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

interface FieldIds {
  control: string;
  hint: string | undefined;
  error: boolean;
}
const FieldContext = createContext<FieldIds | null>(null);

/** Label above, control, then the hint or, when it does not fit, the cause and what would be accepted. */
export function Field({
  label,
  hint,
  error,
  aside,
  className,
  children,
}: {
  label: string;
  hint?: ReactNode;
  error?: ReactNode;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const told = error ?? hint;
  return (
    <FieldContext value={{ control: id, hint: told ? `${id}-hint` : undefined, error: Boolean(error) }}>
      <div className={className}>
        <div className="mb-1 flex gap-2 text-sm">
          <label htmlFor={id} className="font-medium text-fg-2">
            {label}
          </label>
          {aside && <span className="ml-auto">{aside}</span>}
        </div>
        {children}
        {told && (
          <p
            id={`${id}-hint`}
            role={error ? 'alert' : undefined}
            className={cx('mt-1 flex gap-1 text-sm', error ? 'text-block' : 'text-fg-3')}
          >
            {error && <Icon of={OctagonX} size="small" className="mt-0.5" />}
            <span>{told}</span>
          </p>
        )}
      </div>
    </FieldContext>
  );
}

function useControl(id: string | undefined) {
  const field = useContext(FieldContext);
  return {
    id: id ?? field?.control,
    'aria-describedby': field?.hint,
    'aria-invalid': field?.error || undefined,
  };
}

const box =
  'w-full min-w-0 rounded-md border border-edge bg-surface text-fg transition-colors ' +
  'focus-visible:-outline-offset-1 focus-visible:border-focus ' +
  'aria-invalid:border-block disabled:border-line disabled:text-fg-off';

interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size' | 'prefix'> {
  size?: 'md' | 'lg';
  /** Unit or currency, at the right. */
  unit?: ReactNode;
  /** An icon or currency sign, at the left. */
  lead?: ReactNode;
}

export function Input({ size = 'md', unit, lead, className, id, ...rest }: InputProps) {
  const control = useControl(id);
  return (
    <span className={cx('relative block', className)}>
      {lead && (
        <span className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-fg-3">
          {lead}
        </span>
      )}
      <input
        {...control}
        {...rest}
        className={cx(
          box,
          'read-only:bg-sunken',
          size === 'lg' ? 'h-9 px-2.5 text-lg' : 'h-7 px-2',
          Boolean(lead) && 'pl-7',
          Boolean(unit) && 'pr-12',
        )}
      />
      {unit && <span className="absolute inset-y-0 right-2 flex items-center text-sm text-fg-3">{unit}</span>}
    </span>
  );
}

/** The browser's own list: complete for keyboard, screen reader and touch, and in need of no injected style. */
export function Select({ className, id, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  const control = useControl(id);
  return (
    <span className={cx('relative block', className)}>
      <select {...control} {...rest} className={cx(box, 'h-7 appearance-none pr-7 pl-2')}>
        {children}
      </select>
      <Icon of={ChevronDown} className="pointer-events-none absolute top-1.75 right-2 text-fg-2" />
    </span>
  );
}

export function TextArea({ className, id, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const control = useControl(id);
  return <textarea {...control} {...rest} className={cx(box, 'block min-h-14 px-2 py-1.5', className)} />;
}
