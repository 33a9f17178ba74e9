import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

const key = 'cuepoint.theme';
const listeners = new Set<() => void>();
const systemLight = window.matchMedia('(prefers-color-scheme: light)');

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

let choice = stored();

function apply(): void {
  const light = choice === 'light' || (choice === 'system' && systemLight.matches);
  if (light) document.documentElement.dataset.theme = 'light';
  else delete document.documentElement.dataset.theme;
}

systemLight.addEventListener('change', apply);

/** Keeps the choice for the next visit; public/theme.js applies it before the first paint. */
export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // Without storage the choice lasts until the page closes.
  }
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): ThemeChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}
