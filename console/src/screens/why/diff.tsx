import type { SmallestEdit } from '@cuepoint/contract';
import { cx } from '../../design/cx.ts';
import { diffLines } from './diff-lines.ts';

/** A change of a field, what goes and what comes. */
export function Diff({ edit }: { edit: SmallestEdit }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-40 overflow-auto rounded-md border border-line bg-sunken px-2.5 py-1.5 text-sm leading-5 whitespace-pre-wrap break-words"
    >
      {diffLines(edit.field, edit.from, edit.to).map((line) => (
        <code key={line.sign} className={cx('block', line.sign === '-' ? 'text-block' : 'text-ok')}>
          {line.sign} {line.text}
        </code>
      ))}
    </pre>
  );
}
