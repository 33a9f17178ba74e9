import { ChevronLeft, ChevronRight, type LucideIcon, Pencil, Search, SearchX } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ApiError } from '../api.ts';
import { Button, IconButton, Kbd } from '../design/button.tsx';
import { Input, Select } from '../design/field.tsx';
import { Icon } from '../design/icon.tsx';
import { EmptyState, Skeleton } from '../design/states.tsx';
import { Td } from '../design/table.tsx';
import { ReadFailed } from '../problem.tsx';

/** Time without a key until what was typed is searched for. */
const typingMs = 150;

/** The text of a search field whose word is kept in the address. */
export function useSearchText(
  word: string | undefined,
  onChange: (word: string | undefined) => void,
): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(word ?? '');
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === (word ?? '')) return;
    const timer = setTimeout(() => onChange(trimmed || undefined), typingMs);
    return () => clearTimeout(timer);
  });
  return [text, setText];
}

/** The search field of a list; the key / goes there. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <div className="w-64">
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        lead={<Icon of={Search} />}
        unit={<Kbd>/</Kbd>}
      />
    </div>
  );
}

/** One filter of a list: any, or one of these. */
export function FilterSelect({
  label,
  any = 'any',
  className,
  value,
  options,
  onChange,
}: {
  label: string;
  /** What no choice means. */
  any?: string;
  className: string;
  value: string | undefined;
  options: readonly (readonly [value: string, word: string])[];
  onChange: (value: string | undefined) => void;
}) {
  return (
    <Select
      aria-label={label}
      className={className}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">
        {label}: {any}
      </option>
      {options.map(([one, word]) => (
        <option key={one} value={one}>
          {word}
        </option>
      ))}
    </Select>
  );
}

/** A list that loads, failed, is empty, matches nothing, or is there. */
export function ListBody<T>({
  what,
  read,
  skeletonRows,
  noMatch,
  empty,
  children,
}: {
  /** Plural, with a capital. */
  what: string;
  read: { data: { items: readonly T[] } | undefined; error: ApiError | null; refetch: () => unknown };
  skeletonRows: number;
  /** Given while a search or filter is set: its title, and what takes it away. */
  noMatch: { title: string; clear: string; onClear: () => void; hint?: string } | null;
  empty: { icon: LucideIcon; title: string; action?: ReactNode; hint: string };
  children: (items: readonly T[]) => ReactNode;
}) {
  if (read.error && !read.data)
    return <ReadFailed what={what} error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <Skeleton rows={skeletonRows} />;
  if (read.data.items.length > 0) return children(read.data.items);
  return noMatch ? (
    <EmptyState
      icon={SearchX}
      title={noMatch.title}
      action={<Button onClick={noMatch.onClear}>{noMatch.clear}</Button>}
    >
      {noMatch.hint}
    </EmptyState>
  ) : (
    <EmptyState icon={empty.icon} title={empty.title} action={empty.action}>
      {empty.hint}
    </EmptyState>
  );
}

/** Back and on in a list that is read page by page; nothing when it has one page. */
export function PageSteps({
  trail,
  nextCursor,
  onTrail,
}: {
  /** Cursors of the pages behind the first, up to this one. */
  trail: readonly string[];
  nextCursor: string | null | undefined;
  onTrail: (trail: string[] | undefined) => void;
}) {
  if (trail.length === 0 && !nextCursor) return null;
  return (
    <span className="ml-auto flex items-center gap-1">
      <Button
        size="sm"
        look="quiet"
        icon={ChevronLeft}
        disabled={trail.length === 0}
        onClick={() => onTrail(trail.length > 1 ? trail.slice(0, -1) : undefined)}
      >
        Previous
      </Button>
      <span className="text-fg-3">Page {trail.length + 1}</span>
      <Button
        size="sm"
        look="quiet"
        disabled={!nextCursor}
        onClick={() => nextCursor && onTrail([...trail, nextCursor])}
      >
        Next <Icon of={ChevronRight} />
      </Button>
    </span>
  );
}

/** The last cell of a row: opens it for editing, for whom may write. */
export function EditCell({
  name,
  mayWrite,
  onEdit,
}: {
  name: string;
  mayWrite: boolean;
  onEdit: () => void;
}) {
  return (
    <Td>{mayWrite && <IconButton icon={Pencil} size="sm" label={`Edit ${name}`} onClick={onEdit} />}</Td>
  );
}
