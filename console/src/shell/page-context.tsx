import type { LucideIcon } from 'lucide-react';
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';

export interface Crumb {
  label: string;
  to?: string;
}

/** Something the palette can run, and optionally a key that runs it. */
export interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  /** "g t", "a", "," - single keys and sequences work outside of inputs only. */
  keys?: string;
  /** Shown beside it: "changes serving". */
  aside?: string;
  /** For the list of shortcuts. */
  group: 'Go to' | 'Actions' | 'Player';
  run: () => void;
}

interface PageContextValue {
  crumbs: readonly Crumb[];
  setCrumbs: (crumbs: readonly Crumb[]) => void;
  commands: readonly Command[];
  register: (key: object, commands: readonly Command[]) => void;
  unregister: (key: object) => void;
}

const PageContext = createContext<PageContextValue | null>(null);

export function PageProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<readonly Crumb[]>([]);
  const [registered, setRegistered] = useState<ReadonlyMap<object, readonly Command[]>>(new Map());
  const value = useMemo<PageContextValue>(
    () => ({
      crumbs,
      setCrumbs,
      commands: [...registered.values()].flat(),
      register: (key, commands) => setRegistered((known) => new Map(known).set(key, commands)),
      unregister: (key) =>
        setRegistered((known) => {
          const next = new Map(known);
          next.delete(key);
          return next;
        }),
    }),
    [crumbs, registered],
  );
  return <PageContext value={value}>{children}</PageContext>;
}

export function usePage(): PageContextValue {
  const value = use(PageContext);
  if (!value) throw new Error('usePage outside of PageProvider');
  return value;
}

/** Breadcrumb of the page; its last entry is also the title of the window. */
export function useCrumbs(crumbs: readonly Crumb[]): void {
  const { setCrumbs } = usePage();
  const text = JSON.stringify(crumbs);
  useLayoutEffect(() => {
    const parsed = JSON.parse(text) as Crumb[];
    setCrumbs(parsed);
    document.title = `${parsed.at(-1)?.label ?? 'Console'} · Cuepoint`;
  }, [text, setCrumbs]);
}

/**
 * Offers commands while the caller is on screen. What they do may change with
 * every render; they are registered again only when what is shown changes.
 */
export function useCommands(commands: readonly Command[]): void {
  const { register, unregister } = usePage();
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = commands.map((command) => `${command.id} ${command.label} ${command.keys ?? ''}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the commands, see above
  useEffect(() => {
    const key = {};
    register(
      key,
      latest.current.map((command) => ({
        ...command,
        run: () => latest.current.find((current) => current.id === command.id)?.run(),
      })),
    );
    return () => unregister(key);
  }, [shape]);
}
