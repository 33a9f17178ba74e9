import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../design/button.tsx';
import { cx } from '../design/cx.ts';

/** Things of one kind, a row each, that are added, changed and removed where they stand. */
export function RowList<T>({
  kind,
  rows,
  most,
  fresh,
  add = kind,
  wrap = false,
  problem,
  onChange,
  children,
}: {
  /** Word for one of them; with its number it names the row. */
  kind: string;
  rows: readonly T[];
  most: number;
  /** The row that is added. */
  fresh: () => T;
  /** Words on the button that adds one. */
  add?: string;
  /** A row may take several lines. */
  wrap?: boolean;
  /** What in a row does not fit. */
  problem?: (at: number) => string | undefined;
  onChange: (rows: T[]) => void;
  /** Controls of a row; `name` is for their labels. */
  children: (row: T, set: (change: Partial<T>) => void, name: string) => ReactNode;
}) {
  return (
    <>
      {rows.map((row, at) => {
        const name = `${kind} ${at + 1}`;
        const wrong = problem?.(at);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <div key={at} className="text-sm">
            <div className={cx('flex items-center gap-1', wrap && 'flex-wrap')}>
              {children(
                row,
                (change) =>
                  onChange(rows.map((other, index) => (index === at ? { ...other, ...change } : other))),
                name,
              )}
              <IconButton
                icon={X}
                size="sm"
                label={`Remove ${name}`}
                onClick={() => onChange(rows.filter((_, index) => index !== at))}
              />
            </div>
            {wrong && <Wrong>{wrong}</Wrong>}
          </div>
        );
      })}
      <div>
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          disabled={rows.length >= most}
          onClick={() => onChange([...rows, fresh()])}
        >
          {add}
        </Button>
      </div>
    </>
  );
}

/** What does not fit in a part of a form that has no field of its own. */
export function Wrong({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="mt-1 text-sm text-block">
      {children}
    </p>
  );
}
