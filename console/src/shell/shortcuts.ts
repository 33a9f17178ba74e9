import { useEffect, useRef, useSyncExternalStore } from 'react';

const key = 'cuepoint.shortcuts';
const listeners = new Set<() => void>();

function stored(): boolean {
  try {
    return localStorage.getItem(key) !== 'off';
  } catch {
    return true;
  }
}
let enabled = stored();

/** Single-key shortcuts can be switched off (WCAG 2.1.4); ⌘K and Escape always work. */
export function setShortcutsEnabled(next: boolean): void {
  enabled = next;
  try {
    localStorage.setItem(key, next ? 'on' : 'off');
  } catch {
    // Lasts until the page closes.
  }
  for (const listener of listeners) listener();
}

export function useShortcutsEnabled(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => enabled,
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input:not([type="checkbox"]),textarea,select') !== null)
  );
}

const takesSpace = 'button,summary,input,[role="button"],[role="switch"],[role="checkbox"],[role="slider"]';

/** Longest pause between the keys of a sequence such as "g t". */
const sequenceMs = 900;

/** Runs what `find` gives for "?", "space", "g t" and the like. */
export function useShortcutKeys(find: (keys: string) => (() => void) | undefined): void {
  const on = useShortcutsEnabled();
  const latest = useRef(find);
  useEffect(() => {
    latest.current = find;
  });
  useEffect(() => {
    if (!on) return;
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return;
      if (event.target instanceof Element && event.target.closest('[role="menu"],dialog')) return;
      const isSpace = event.key === ' ';
      // What has the focus takes the space bar first.
      if (isSpace && event.target instanceof Element && event.target.closest(takesSpace)) return;
      const pressed = isSpace ? 'space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const sequence = first && event.timeStamp - firstAt < sequenceMs ? `${first} ${pressed}` : '';
      const run = (sequence && latest.current(sequence)) || latest.current(pressed);
      first = sequence && run ? '' : pressed;
      firstAt = event.timeStamp;
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [on]);
}
