import { X } from 'lucide-react';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { IconButton, Kbd } from './button.tsx';
import { Icon } from './icon.tsx';
import { statusMap, toneText } from './status-map.ts';

interface ToastInput {
  text: string;
  tone?: 'ok' | 'info' | 'block';
  /** Offered for ten seconds, also by the undo shortcut. */
  undo?: () => void;
}
interface Toast extends ToastInput {
  id: number;
}

const ToastContext = createContext<(toast: ToastInput) => void>(() => {});
const icons = { ok: statusMap.Approved[1], info: statusMap.Info[1], block: statusMap.Failed[1] };
const lifeSeconds = 10;

/** What just happened, with a way back. Errors stay until they are closed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const show = useCallback((toast: ToastInput) => {
    setToasts((shown) => [...shown.slice(-2), { ...toast, id: (shown.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const close = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  return (
    <ToastContext value={show}>
      {children}
      <section
        aria-label="Notices"
        aria-live="polite"
        className="pointer-events-none fixed bottom-[calc(var(--status-h)+8px)] left-1/2 z-50 flex -translate-x-1/2 flex-col gap-2"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={close} />
        ))}
      </section>
    </ToastContext>
  );
}

export function useToast(): (toast: ToastInput) => void {
  return use(ToastContext);
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: (id: number) => void }) {
  const [left, setLeft] = useState(lifeSeconds);
  const tone = toast.tone ?? 'ok';
  const timed = tone !== 'block';
  useEffect(() => {
    if (!timed) return;
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    return () => clearInterval(timer);
  }, [timed]);
  useEffect(() => {
    if (left <= 0) onClose(toast.id);
  }, [left, onClose, toast.id]);
  const undo = useMemo(
    () =>
      toast.undo &&
      (() => {
        toast.undo?.();
        onClose(toast.id);
      }),
    [toast, onClose],
  );
  useEffect(() => {
    if (!undo) return;
    const onKey = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.key !== 'z') return;
      if (event.target instanceof Element && event.target.closest('input,textarea,select')) return;
      event.preventDefault();
      undo();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [undo]);
  return (
    <div className="rise pointer-events-auto flex min-h-10 w-93 max-w-[calc(100vw-32px)] items-center gap-2 rounded-lg bg-raised px-3 py-1.5 shadow-float">
      <Icon of={icons[tone]} className={toneText[tone]} />
      <span className="min-w-0 flex-1">{toast.text}</span>
      {undo && (
        <>
          <button type="button" className="link" onClick={undo}>
            Undo
          </button>
          <Kbd>⌘Z</Kbd>
        </>
      )}
      {timed && (
        <span className="text-sm text-fg-3" aria-hidden="true">
          {left} s
        </span>
      )}
      <IconButton icon={X} label="Close notice" size="sm" onClick={() => onClose(toast.id)} />
    </div>
  );
}
