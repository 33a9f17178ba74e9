import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { statusMap, toneText } from './status-map.ts';

const bars = {
  ok: 'border-l-ok',
  warn: 'border-l-warn',
  block: 'border-l-block',
  info: 'border-l-info',
  accent: 'border-l-accent-text',
  sim: 'border-l-sim',
} as const;

const icons = {
  ok: statusMap.Approved[1],
  warn: statusMap.Warning[1],
  block: statusMap.Blocked[1],
  info: statusMap.Info[1],
};

/** Cause first, then effect, then the way on. A bar in the colour of its meaning, text in plain ink. */
export function Note({
  tone,
  title,
  children,
  className,
  live,
}: {
  tone: keyof typeof bars;
  title?: string;
  children?: ReactNode;
  className?: string;
  /** Spoken when it appears: for the outcome of what the user just did. */
  live?: boolean;
}) {
  return (
    <div
      role={live ? (tone === 'block' ? 'alert' : 'status') : undefined}
      className={cx('rounded-md border border-l-2 border-line bg-surface px-3 py-2', bars[tone], className)}
    >
      {title && (
        <span
          className={cx(
            'mr-1.5 inline-flex items-center gap-1.25 text-sm font-medium',
            tone === 'accent' ? 'text-fg' : toneText[tone],
          )}
        >
          {tone in icons && <Icon of={icons[tone as keyof typeof icons]} size="small" />}
          {title}
        </span>
      )}
      {children && <span className="text-fg-2">{children}</span>}
    </div>
  );
}
