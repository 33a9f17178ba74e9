import { Kbd } from '../design/button.tsx';
import { Switch } from '../design/choice.tsx';
import { Dialog } from '../design/dialog.tsx';
import type { Command } from './page-context.tsx';
import { setShortcutsEnabled, useShortcutsEnabled } from './shortcuts.ts';

const groups = ['Go to', 'Actions', 'Player'] as const;

/** Every key of this page. Single keys can be switched off. */
export function HelpDialog({
  open,
  onClose,
  commands,
}: {
  open: boolean;
  onClose: () => void;
  commands: readonly Command[];
}) {
  const on = useShortcutsEnabled();
  return (
    <Dialog open={open} onClose={onClose} title="Help and shortcuts">
      <div className="grid grid-cols-2 gap-x-8 gap-y-4">
        {groups.map((group) => {
          const keyed = commands.filter((command) => command.group === group && command.keys);
          return (
            keyed.length > 0 && (
              <div key={group}>
                <h3 className="mb-1 !text-sm text-fg-3">{group}</h3>
                <dl>
                  {keyed.map((command) => (
                    <div key={command.id} className="flex h-7 items-center justify-between gap-3">
                      <dt>{command.label}</dt>
                      <dd>
                        <Keys keys={command.keys ?? ''} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </div>
            )
          );
        })}
        <div>
          <h3 className="mb-1 !text-sm text-fg-3">Always</h3>
          <dl>
            {[
              ['Search or run a command', '⌘K'],
              ['Close, or leave a field', 'esc'],
              ['Undo, while a notice offers it', '⌘Z'],
            ].map(([label, keys]) => (
              <div key={label} className="flex h-7 items-center justify-between gap-3">
                <dt>{label}</dt>
                <dd>
                  <Kbd>{keys}</Kbd>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
      <div className="mt-3 border-t border-line pt-3">
        <Switch checked={on} onChange={setShortcutsEnabled} label="Single-key shortcuts" />
        <p className="mt-2 text-fg-2">
          The same operations answer over REST and MCP:{' '}
          <a className="link" href="/docs" target="_blank" rel="noopener">
            API documentation
          </a>
          .
        </p>
      </div>
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  return (
    <span className="flex gap-1">
      {keys.split(' ').map((pressed, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice
        <Kbd key={at}>{pressed}</Kbd>
      ))}
    </span>
  );
}
