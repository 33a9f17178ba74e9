import { listCampaigns, listCreatives, listLineItems } from '@cuepoint/contract';
import { useNavigate } from '@tanstack/react-router';
import { Film, ListChecks, type LucideIcon, Rows3, Search, SearchCheck } from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react';
import { useRead } from '../api.ts';
import { Kbd } from '../design/button.tsx';
import { cx } from '../design/cx.ts';
import { Dialog } from '../design/dialog.tsx';
import { Icon } from '../design/icon.tsx';
import { Status } from '../design/status.tsx';
import { lineItemWord } from '../screens/line-items/words.ts';
import { approvalWord, campaignWord } from '../words.ts';
import type { Command } from './page-context.tsx';

interface Entry {
  id: string;
  group: 'Go to' | 'Actions' | 'Objects' | 'Player';
  label: string;
  icon: LucideIcon;
  aside?: ReactNode;
  run: () => void;
}

/** Goes anywhere and runs what the page offers. Objects are found by the server. */
export function Palette({
  open,
  onClose,
  commands,
}: {
  open: boolean;
  onClose: () => void;
  commands: readonly Command[];
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Search or run a command"
      bare
      className="!mt-[12vh] w-(--palette-w) overflow-hidden"
    >
      <PaletteBody commands={commands} onClose={onClose} />
    </Dialog>
  );
}

function PaletteBody({ commands, onClose }: { commands: readonly Command[]; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const query = useDeferredValue(text.trim());
  const search = query.length >= 2;
  const campaigns = useRead(listCampaigns, { search: query, limit: 6 }, { enabled: search, keep: true });
  const creatives = useRead(listCreatives, { search: query, limit: 6 }, { enabled: search, keep: true });
  const lineItems = useRead(listLineItems, { search: query, limit: 6 }, { enabled: search, keep: true });
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Entry[] = commands
    .filter((command) => words.every((word) => command.label.toLowerCase().includes(word)))
    .map(({ id, group, label, icon, keys, aside, run }) => ({
      id,
      group,
      label,
      icon,
      aside: aside ?? (keys && <Kbd>{keys}</Kbd>),
      run,
    }));
  const objects: Entry[] = !search
    ? []
    : [
        ...(campaigns.data?.items ?? []).map((campaign) => ({
          id: campaign.id,
          group: 'Objects' as const,
          label: campaign.name,
          icon: ListChecks,
          aside: <Status word={campaignWord(campaign)} />,
          run: () => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
        })),
        ...(lineItems.data?.items ?? []).map((lineItem) => ({
          id: lineItem.id,
          group: 'Objects' as const,
          label: lineItem.name,
          icon: Rows3,
          aside: <Status word={lineItemWord(lineItem)} />,
          run: () => void navigate({ to: '/line-items/$lineItemId', params: { lineItemId: lineItem.id } }),
        })),
        ...(creatives.data?.items ?? []).map((creative) => ({
          id: creative.id,
          group: 'Objects' as const,
          label: creative.name,
          icon: Film,
          aside: <Status word={approvalWord[creative.approval]} />,
          run: () => void navigate({ to: '/creatives/$creativeId', params: { creativeId: creative.id } }),
        })),
      ];
  // An id of a request, or an address of one of its trackers, is asked about.
  if (/^(?:https?:\/\/|dec_|req_)\S{6,}$/.test(query)) {
    objects.push({
      id: 'why',
      group: 'Objects',
      label: `Why: ${query}`,
      icon: SearchCheck,
      run: () => void navigate({ to: '/why', search: { q: query } }),
    });
  }
  const order = { 'Go to': 1, Actions: 0, Player: 2, Objects: 3 };
  const entries = [...found, ...objects].sort((a, b) => order[a.group] - order[b.group]);
  const chosen = Math.min(at, Math.max(0, entries.length - 1));
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const activeId = entries[chosen] ? `palette-${entries[chosen].id}` : undefined;
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  return (
    <>
      <div className="flex h-10 items-center gap-2 border-b border-line px-3">
        <Icon of={Search} className="text-fg-3" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into
          autoFocus
          role="combobox"
          aria-label="Search or run a command"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={activeId}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
              event.preventDefault();
              const step = event.key === 'ArrowDown' ? 1 : -1;
              setAt((chosen + step + entries.length) % Math.max(1, entries.length));
            }
            if (event.key === 'Enter') {
              event.preventDefault();
              choose(entries[chosen]);
            }
          }}
          placeholder="A screen, an action, a campaign, a line item, a request id"
          className="min-w-0 flex-1 bg-transparent text-lg outline-none"
        />
        <Kbd>esc</Kbd>
      </div>
      <div id="palette-list" role="listbox" aria-label="Results" className="max-h-100 overflow-auto pb-1">
        {entries.map((entry, index) => (
          <div key={entry.id} role="presentation">
            {entries[index - 1]?.group !== entry.group && (
              <div role="presentation" className="px-3 pt-2 pb-1 text-sm text-fg-3">
                {entry.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox that owns this list */}
            <div
              id={`palette-${entry.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onClick={() => choose(entry)}
              onPointerMove={() => setAt(index)}
              className={cx(
                'flex h-8 cursor-pointer items-center gap-2 px-3 text-fg-2',
                index === chosen && 'bg-accent-tint !text-fg shadow-[inset_2px_0_0_var(--accent-text)]',
              )}
            >
              <Icon of={entry.icon} />
              <span className="truncate">{entry.label}</span>
              <span className="ml-auto flex-none text-sm text-fg-3">{entry.aside}</span>
            </div>
          </div>
        ))}
        {entries.length === 0 && (
          <p className="px-3 py-4 text-fg-3" role="status">
            {campaigns.isFetching || creatives.isFetching || lineItems.isFetching
              ? 'Searching'
              : `Nothing matches “${query}”.`}
          </p>
        )}
      </div>
    </>
  );
}
