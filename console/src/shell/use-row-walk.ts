import { ArrowDown, ArrowUp } from 'lucide-react';
import type { RefObject } from 'react';
import { useCommands } from './page-context.tsx';

/**
 * `j` and `k` walk the rows of a table: to the link of the next row, from wherever in a row the focus is.
 * @param links selects links in rows: of each row the first is walked to
 */
export function useRowWalk(table: RefObject<HTMLElement | null>, links: string): void {
  const walk = (step: 1 | -1) => {
    const found = [...(table.current?.querySelectorAll<HTMLElement>(links) ?? [])];
    const all = found.filter((link, index) => link.closest('tr') !== found[index - 1]?.closest('tr'));
    const row = document.activeElement?.closest('tr');
    const at = row ? all.findIndex((link) => link.closest('tr') === row) : -1;
    all[at === -1 ? (step === 1 ? 0 : all.length - 1) : at + step]?.focus();
  };
  useCommands([
    { id: 'row next', group: 'Actions', label: 'Next row', icon: ArrowDown, keys: 'j', run: () => walk(1) },
    {
      id: 'row before',
      group: 'Actions',
      label: 'Row before',
      icon: ArrowUp,
      keys: 'k',
      run: () => walk(-1),
    },
  ]);
}
