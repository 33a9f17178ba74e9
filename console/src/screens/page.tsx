import type { ReactNode } from 'react';
import { cx } from '../design/cx.ts';

/** A screen: its title, what is said beside it, its actions, and below them the rest. */
export function Page({
  title,
  beside,
  actions,
  sub,
  children,
  className,
}: {
  title: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
  sub?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx('flex min-h-full flex-col gap-3 px-5 py-4', className)}>
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 truncate">{title}</h1>
        {beside}
        {actions && <div className="ml-auto flex flex-none items-center gap-2">{actions}</div>}
      </div>
      {sub && (
        <div className="meta -mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-0.5 text-fg-3">{sub}</div>
      )}
      {children}
    </div>
  );
}
