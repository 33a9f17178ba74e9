import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode, TableHTMLAttributes, TdHTMLAttributes } from 'react';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

/** Numbers right, names left, actions last. `columns` are widths in px; null takes what is left. */
export function Table({
  label,
  columns,
  head,
  children,
  foot,
  className,
  ...rest
}: Omit<TableHTMLAttributes<HTMLTableElement>, 'children'> & {
  label: string;
  columns: readonly (number | null | { width: number | null; wideOnly: true })[];
  head?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  return (
    <table {...rest} aria-label={label} className={cx('w-full table-fixed border-collapse', className)}>
      <colgroup>
        {columns.map((column, at) => {
          const { width, wideOnly } =
            typeof column === 'object' && column !== null ? column : { width: column, wideOnly: false };
          return (
            <col
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are a fixed list without ids
              key={at}
              className={wideOnly ? 'max-wide:hidden' : undefined}
              style={width === null ? undefined : { width }}
            />
          );
        })}
      </colgroup>
      {head && (
        <thead>
          <tr>{head}</tr>
        </thead>
      )}
      <tbody className="[&>tr:last-child>td]:border-b-0">{children}</tbody>
      {foot && <tfoot>{foot}</tfoot>}
    </table>
  );
}

export type SortDirection = 'asc' | 'desc';

const edge = 'px-2 first:pl-3 last:pr-3';

/** A column head; with `onSort` it is a button and tells its order. */
export function Th({
  children,
  right,
  sorted,
  onSort,
  wideOnly,
  className,
}: {
  children?: ReactNode;
  right?: boolean;
  sorted?: SortDirection | undefined;
  onSort?: (() => void) | undefined;
  wideOnly?: boolean;
  className?: string;
}) {
  return (
    <th
      scope="col"
      aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}
      className={cx(
        'h-7 truncate border-b border-line bg-raised text-sm font-medium font-stretch-[89%] text-fg-3',
        edge,
        right ? 'text-right' : 'text-left',
        wideOnly && 'max-wide:hidden',
        className,
      )}
    >
      {onSort ? (
        <button
          type="button"
          onClick={onSort}
          className="inline-flex h-6 items-center gap-1 rounded-md outline-offset-[-2px] hover:text-fg"
        >
          {children}
          {sorted && <Icon of={sorted === 'asc' ? ArrowUp : ArrowDown} size="small" />}
        </button>
      ) : (
        children
      )}
    </th>
  );
}

export function Tr({
  selected,
  onOpen,
  children,
  className,
}: {
  selected?: boolean;
  /** A pointer convenience; the row also holds a link or button that does the same. */
  onOpen?: (() => void) | undefined;
  children: ReactNode;
  className?: string;
}) {
  return (
    <tr
      aria-selected={selected}
      onClick={
        onOpen &&
        ((event) => {
          const target = event.target;
          if (target instanceof Element && target.closest('a,button,input,label,dialog,[role="menu"]'))
            return;
          onOpen();
        })
      }
      className={cx(
        'has-[a:focus-visible]:[&>td]:bg-hover',
        onOpen && 'cursor-pointer',
        selected
          ? '[&>td]:bg-accent-tint [&>td:first-child]:shadow-[inset_2px_0_0_var(--accent-text)]'
          : 'hover:[&>td]:bg-hover',
        className,
      )}
    >
      {children}
    </tr>
  );
}

export function Td({
  right,
  wideOnly,
  className,
  children,
  ...rest
}: TdHTMLAttributes<HTMLTableCellElement> & { right?: boolean; wideOnly?: boolean }) {
  return (
    <td
      {...rest}
      className={cx(
        'h-8 truncate border-b border-line font-stretch-[89%] [&>[data-status]]:-mt-0.5 [&>[role=checkbox]]:relative [&>[role=checkbox]]:-top-px',
        edge,
        right && 'text-right',
        wideOnly && 'max-wide:hidden',
        className,
      )}
    >
      {children}
    </td>
  );
}
