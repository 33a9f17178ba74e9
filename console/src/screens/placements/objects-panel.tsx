import { type LucideIcon, Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Panel } from '../../design/panel.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { EditCell, ListBody } from '../list-parts.tsx';

interface Column<T> {
  head: string;
  /** Null: what the others leave. */
  width: number | null;
  wideOnly?: boolean;
  right?: boolean;
  className?: string;
  title?: (row: T) => string;
  cell: (row: T) => ReactNode;
}

/** A short list of objects that are added and changed in a drawer. */
export function ObjectsPanel<T extends { id: string; name: string }>({
  title,
  what,
  kind,
  read,
  mayWrite,
  mayAdd = true,
  noMatch,
  empty,
  columns,
  children,
}: {
  title: string;
  /** Plural, with a capital, for what is said when they do not load. */
  what: string;
  /** One of them, on the button that adds it. */
  kind: string;
  read: {
    data: { items: readonly T[]; total: number } | undefined;
    error: ApiError | null;
    refetch: () => unknown;
  };
  mayWrite: boolean;
  mayAdd?: boolean;
  /** Title while a search is set and finds nothing. */
  noMatch: string | null;
  empty: { icon: LucideIcon; title: string; hint: string };
  columns: readonly Column<T>[];
  /** The drawer of one; of a new one when it is null. */
  children: (opened: T | null, onClose: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState<T | 'new' | null>(null);
  const close = () => setOpen(null);
  return (
    <Panel
      title={title}
      meta={read.data && `${read.data.items.length} of ${read.data.total}`}
      action={
        mayWrite &&
        mayAdd && (
          <Button size="sm" icon={Plus} onClick={() => setOpen('new')}>
            {kind}
          </Button>
        )
      }
    >
      <ListBody
        what={what}
        read={read}
        skeletonRows={4}
        noMatch={null}
        empty={{ ...empty, title: noMatch ?? empty.title }}
      >
        {(rows) => (
          <Table
            label={title}
            columns={[
              ...columns.map(({ width, wideOnly }) =>
                wideOnly && width !== null ? { width, wideOnly } : width,
              ),
              44,
            ]}
            head={
              <>
                {columns.map(({ head, wideOnly = false, right = false }) => (
                  <Th key={head} wideOnly={wideOnly} right={right}>
                    {head}
                  </Th>
                ))}
                <Th>
                  <span className="sr-only">Edit</span>
                </Th>
              </>
            }
          >
            {rows.map((row) => (
              <Tr key={row.id}>
                {columns.map(({ head, wideOnly = false, right = false, className, title: titleOf, cell }) => (
                  <Td
                    key={head}
                    wideOnly={wideOnly}
                    right={right}
                    className={className}
                    title={titleOf?.(row)}
                  >
                    {cell(row)}
                  </Td>
                ))}
                <EditCell name={row.name} mayWrite={mayWrite} onEdit={() => setOpen(row)} />
              </Tr>
            ))}
          </Table>
        )}
      </ListBody>
      {open === 'new' ? children(null, close) : open && children(open, close)}
    </Panel>
  );
}
