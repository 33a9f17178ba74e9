import { Moon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../../design/icon.tsx';
import { Mark } from '../../design/mark.tsx';
import { setTheme, type ThemeChoice, useTheme } from '../../design/theme.ts';
import { BreakPicture } from './break-picture.tsx';

const next: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
const words: Record<ThemeChoice, string> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
};

/** The form at the left; at the right what the product is about, in one picture. */
export function SignInFrame({ children }: { children: ReactNode }) {
  const theme = useTheme();
  return (
    <div className="grid min-h-dvh grid-cols-[520px_minmax(0,1fr)] max-wide:grid-cols-1">
      <main className="flex flex-col justify-between gap-8 border-r border-line bg-surface px-18 pt-10 pb-7 max-wide:border-r-0">
        <div className="flex items-center gap-2.5 text-title font-strong tracking-[-.01em]">
          <Mark size={28} />
          Cuepoint
        </div>
        {children}
        <div className="flex items-center gap-4 text-sm text-fg-3">
          <a href="/docs" className="inline-flex min-h-6 items-center rounded-md hover:text-fg">
            API documentation
          </a>
          <button
            type="button"
            onClick={() => setTheme(next[theme])}
            aria-label={`${words[theme]}. Change to ${words[next[theme]].toLowerCase()}`}
            className="ml-auto inline-flex min-h-6 items-center gap-1.5 rounded-md hover:text-fg"
          >
            <Icon of={Moon} /> {words[theme]}
          </button>
        </div>
      </main>
      <aside aria-label="About Cuepoint" className="grid place-items-center bg-bg px-8 max-wide:hidden">
        <BreakPicture />
      </aside>
    </div>
  );
}
