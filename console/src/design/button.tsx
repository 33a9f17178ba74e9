import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

export type ButtonLook = 'primary' | 'secondary' | 'quiet' | 'danger';
export type ButtonSize = 'sm' | 'md' | 'lg';

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent border-accent-edge hover:bg-accent-hover active:bg-accent-press',
  secondary: 'bg-surface text-fg border-line-strong hover:bg-hover [&>svg]:text-fg-2',
  quiet: 'bg-transparent text-fg-2 border-transparent hover:bg-hover',
  danger: 'bg-surface text-block border-block-line hover:bg-hover',
};
const off = 'bg-transparent text-fg-off border-line';
const sizes: Record<ButtonSize, string> = {
  sm: 'h-6 px-2 text-sm',
  md: 'h-7 px-2.5',
  lg: 'h-9 px-3.5 text-lg justify-center',
};

/** Classes of a button, for links that look like one. One primary per surface. */
export function buttonClass(
  look: ButtonLook = 'secondary',
  size: ButtonSize = 'md',
  disabled = false,
): string {
  return cx(
    'inline-flex items-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors select-none',
    sizes[size],
    disabled ? off : looks[look],
  );
}

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  look?: ButtonLook;
  size?: ButtonSize;
  icon?: LucideIcon | undefined;
  /** The icon becomes a loader and presses are ignored; the label stays. */
  busy?: boolean;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look,
  size,
  icon,
  busy,
  children,
  className,
  disabled,
  type,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass(look, size, disabled), className)}
    >
      {busy ? <Icon of={LoaderCircle} className="animate-spin" /> : icon && <Icon of={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  icon: LucideIcon;
  /** Spoken and shown as a tooltip; an icon alone says nothing. */
  label: string;
}

export function IconButton({
  icon,
  label,
  look = 'quiet',
  size = 'md',
  className,
  type,
  ...rest
}: IconButtonProps) {
  const { busy: _busy, disabled, ...attributes } = rest;
  return (
    <button
      {...attributes}
      type={type ?? 'button'}
      disabled={disabled}
      aria-label={label}
      title={label}
      className={cx(
        buttonClass(look, size, disabled),
        'justify-center !px-0',
        size === 'sm' ? 'w-6' : 'w-7',
        className,
      )}
    >
      <Icon of={icon} />
    </button>
  );
}

export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cx(
        'inline-block min-w-4.5 rounded-[3px] border border-line-strong px-1 text-center font-sans text-axis font-medium text-fg-3',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
