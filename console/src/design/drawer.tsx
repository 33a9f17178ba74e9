import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';

/** At the right, below the top bar. No scrim: the page stays live. Escape closes, focus returns to the opener. */
export function Drawer({
  open,
  onClose,
  title,
  meta,
  foot,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  meta?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}) {
  const content = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);
  return (
    <Dialog.Root modal={false} open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onInteractOutside={(event) => event.preventDefault()}
          // The drawer itself, not its close button: what is read first is the title.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            opener.current = document.activeElement;
            content.current?.focus();
          }}
          // It has no trigger of its own to return the focus to: rows and addresses open it.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          ref={content}
          tabIndex={-1}
          className="slide fixed top-[calc(var(--shell-top,0px)+var(--topbar-h))] right-0 bottom-(--status-h) z-30 flex w-(--drawer-w) max-w-full flex-col bg-raised shadow-edge outline-none"
        >
          <div className="flex h-11 flex-none items-center gap-2 border-b border-line pr-3 pl-4">
            <Dialog.Title className="min-w-0 truncate">{title}</Dialog.Title>
            {meta}
            <IconButton icon={X} label="Close" size="sm" className="ml-auto" onClick={onClose} />
          </div>
          <div className="min-h-0 flex-1 overflow-auto px-4 py-3" tabIndex={-1}>
            {children}
          </div>
          {foot && (
            <div className="flex min-h-12 flex-none items-center gap-2 border-t border-line px-4 py-2">
              {foot}
            </div>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
