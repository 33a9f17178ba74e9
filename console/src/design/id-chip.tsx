import { Check, Copy } from 'lucide-react';
import { useCopy } from './use-copy.ts';

/** An id or hash in mono; pressing copies it whole even where it is shown short. */
export function IdChip({ id, short, what = 'id' }: { id: string; short?: string; what?: string }) {
  const { copied, copy } = useCopy();
  return (
    <button
      type="button"
      onClick={() => copy(id)}
      title={`Copy ${id}`}
      className="-my-0.5 inline-flex min-h-6 max-w-full items-center gap-1 rounded-md font-mono text-sm text-fg-2 hover:text-fg"
    >
      <span aria-hidden="true" className="min-w-0 truncate">
        {short ?? id}
      </span>
      <span className="sr-only">
        Copy {what} {id}
      </span>
      {copied ? (
        <Check size={12} aria-hidden="true" className="flex-none text-ok" />
      ) : (
        <Copy size={12} aria-hidden="true" className="flex-none text-fg-3" />
      )}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </button>
  );
}
