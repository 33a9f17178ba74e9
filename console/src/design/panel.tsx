import { type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

/** A surface with a head. Never a panel in a panel: use a rule. */
export function Panel({
  title,
  meta,
  action,
  children,
  className,
  bodyClassName,
}: {
  title?: ReactNode;
  meta?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
  bodyClassName?: string;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cx(
        'flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface',
        className,
      )}
    >
      {title && (
        <header className="flex h-9 flex-none items-center gap-2 border-b border-line px-3 whitespace-nowrap">
          <h2 id={id} className="min-w-0 truncate">
            {title}
          </h2>
          {meta && <span className="meta flex min-w-0 items-center gap-2 truncate text-fg-3">{meta}</span>}
          {action && <span className="ml-auto flex flex-none items-center gap-2">{action}</span>}
        </header>
      )}
      <div className={cx('min-h-0 flex-1', bodyClassName)}>{children}</div>
    </section>
  );
}

/** Name and value pairs, 12 px. */
export function Facts({
  items,
  className,
}: {
  items: readonly (readonly [string, ReactNode])[];
  className?: string;
}) {
  return (
    <dl
      className={cx('grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1 text-sm', className)}
    >
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="whitespace-nowrap text-fg-3">{name}</dt>
          <dd className="min-w-0 truncate">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface Kpi {
  label: string;
  value: ReactNode;
  detail?: ReactNode;
}

/** Figures side by side in one box, hairlines between. */
export function KpiStrip({ items, label }: { items: readonly Kpi[]; label: string }) {
  return (
    <dl
      aria-label={label}
      className="grid flex-none grid-flow-col auto-cols-fr rounded-lg border border-line bg-surface max-wide:grid-flow-row max-wide:grid-cols-3"
    >
      {items.map((item, at) => (
        <div
          key={item.label}
          className={cx(
            'min-w-0 border-l border-line px-3.5 py-2.5',
            at === 0 && 'border-l-0',
            at % 3 === 0 && 'max-wide:border-l-0',
            at > 2 && 'max-wide:border-t',
          )}
        >
          <dt className="truncate text-sm text-fg-3">{item.label}</dt>
          <dd className="truncate text-title font-medium tracking-[-.015em]">{item.value}</dd>
          {item.detail && <dd className="truncate text-sm text-fg-3">{item.detail}</dd>}
        </div>
      ))}
    </dl>
  );
}
