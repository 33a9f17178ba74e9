import { type LucideIcon, OctagonX, RotateCcw } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { IdChip } from './id-chip.tsx';

/** Never a blank panel: one line, one sentence, one way on. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="px-5 py-6 text-center">
      {icon && <Icon of={icon} size="nav" className="mx-auto mb-2 !size-7 text-fg-3" />}
      <p className="text-lg font-strong">{title}</p>
      {children && <div className="mx-auto mt-0.5 max-w-[320px] text-fg-2">{children}</div>}
      {action && <div className="mt-3 flex justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What failed, what still works, what to do, and the request id to report. */
export function ErrorState({
  title,
  children,
  requestId,
  onRetry,
}: {
  title: string;
  children: ReactNode;
  requestId?: string | undefined;
  onRetry?: (() => void) | undefined;
}) {
  return (
    <div role="alert" className="p-4">
      <div className="flex items-center gap-2">
        <Icon of={OctagonX} size="nav" className="text-block" />
        <p className="text-lg font-strong">{title}</p>
      </div>
      <div className="mt-1 mb-2.5 text-fg-2">{children}</div>
      <div className="flex items-center gap-3">
        {onRetry && (
          <Button icon={RotateCcw} onClick={onRetry}>
            Try again
          </Button>
        )}
        {requestId && <IdChip id={requestId} what="request id" />}
      </div>
    </div>
  );
}

function useLater(ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

const widths = [140, 110, 160, 80];

/** Rows of the real height, only when loading takes longer than 300 ms. No shimmer. */
export function Skeleton({ rows = 4, className }: { rows?: number; className?: string }) {
  const shown = useLater(300);
  return (
    <div aria-busy="true" className={cx('min-h-8', className)}>
      <span className="sr-only">Loading</span>
      {shown &&
        Array.from({ length: rows }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows are all alike
          <div key={at} className="flex h-8 items-center gap-4 border-b border-line px-3 last:border-0">
            <span className="size-3.5 rounded-sm bg-hover" />
            <span className="h-2 w-14 rounded-sm bg-hover" />
            <span className="h-2 rounded-sm bg-hover" style={{ width: widths[at % widths.length] }} />
            <span className="ml-auto h-2 w-12 rounded-sm bg-hover" />
          </div>
        ))}
    </div>
  );
}
