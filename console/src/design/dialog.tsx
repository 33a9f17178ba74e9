import { type ReactNode, useEffect, useId, useRef } from 'react';
import { cx } from './cx.ts';

/**
 * A modal on the browser's own dialog: it traps focus and makes the rest inert
 * without a style element, which the content security policy would refuse.
 * For conflicts and what cannot be undone; the command palette uses it too.
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
  foot,
  className,
  bare,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  foot?: ReactNode;
  className?: string;
  /** Without head and padding; the title is only spoken. */
  bare?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={onClose}
      onMouseDown={(event) => event.target === ref.current && onClose()}
      className={cx(
        'rise m-auto w-(--dialog-w) max-w-[calc(100vw-32px)] rounded-lg bg-raised p-0 text-fg shadow-float open:flex open:flex-col',
        className,
      )}
    >
      {open && (
        <>
          <h2 id={id} className={bare ? 'sr-only' : 'border-b border-line px-4 py-3'}>
            {title}
          </h2>
          {bare ? children : <div className="px-4 py-3">{children}</div>}
          {foot && (
            <footer className="flex items-center justify-end gap-2 border-t border-line px-4 py-2.5">
              {foot}
            </footer>
          )}
        </>
      )}
    </dialog>
  );
}
