import { getProfile, listPlacements, listPublishers } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { MonitorPlay, Plus, Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRead } from '../../api.ts';
import { Button, Kbd } from '../../design/button.tsx';
import { Input, Select } from '../../design/field.tsx';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { AppsPanel } from './apps-panel.tsx';
import { PlacementDrawer } from './placement-drawer.tsx';
import { PlacementTable } from './placement-table.tsx';
import { PublishersPanel } from './publishers-panel.tsx';
import type { PlacementsSearch } from './search.ts';

const views = [
  { value: 'placements', label: 'Placements' },
  { value: 'apps', label: 'Apps' },
  { value: 'publishers', label: 'Publishers' },
] as const;
const most = 200;

/** The inventory: where ads may appear, under which rules, and the tags that ask for them. */
export function Placements() {
  useCrumbs([{ label: 'Operate' }, { label: 'Placements' }]);
  const search = useSearch({ from: '/shell/placements' });
  const navigate = useNavigate({ from: '/placements' });
  const profile = useRead(getProfile, {});
  const publishers = useRead(listPublishers, { limit: most });
  const mayWrite = profile.data?.permissions.includes('inventory:write') ?? false;
  const view = search.view ?? 'placements';
  const change = (next: Partial<Record<keyof PlacementsSearch, unknown>>) =>
    void navigate({
      search: (current) => ({ ...current, ...next }) as PlacementsSearch,
      replace: true,
      resetScroll: false,
    });
  useCommands(
    mayWrite
      ? [
          {
            id: 'new placement',
            group: 'Actions',
            label: 'New placement',
            icon: Plus,
            keys: 'n',
            run: () => change({ view: undefined, open: 'new' }),
          },
        ]
      : [],
  );
  const [text, setText] = useState(search.search ?? '');
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === (search.search ?? '')) return;
    const timer = setTimeout(() => change({ search: trimmed || undefined }), 150);
    return () => clearTimeout(timer);
  });
  return (
    <Page
      title="Placements"
      className="!gap-2.5"
      beside={
        <Segmented
          label="What is listed"
          value={view}
          options={views}
          onChange={(next) => change({ view: next === 'placements' ? undefined : next, open: undefined })}
        />
      }
      actions={
        mayWrite &&
        view === 'placements' && (
          <Button look="primary" icon={Plus} onClick={() => change({ open: 'new' })}>
            New placement
          </Button>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-64">
          <Input
            type="search"
            aria-label="Search by name"
            placeholder="Name"
            value={text}
            onChange={(event) => setText(event.target.value)}
            lead={<Icon of={Search} />}
            unit={<Kbd>/</Kbd>}
          />
        </div>
        {view !== 'publishers' && (
          <Select
            aria-label="Publisher"
            className="w-52"
            value={search.publisherId ?? ''}
            onChange={(event) => change({ publisherId: event.target.value || undefined })}
          >
            <option value="">Publisher: any</option>
            {publishers.data?.items.map((publisher) => (
              <option key={publisher.id} value={publisher.id}>
                {publisher.name}
              </option>
            ))}
          </Select>
        )}
      </div>
      {view === 'placements' ? (
        <PlacementsView search={search} mayWrite={mayWrite} onChange={change} onClear={() => setText('')} />
      ) : view === 'apps' ? (
        <AppsPanel
          search={search.search}
          publisherId={search.publisherId}
          publishers={publishers.data?.items ?? []}
          mayWrite={mayWrite}
        />
      ) : (
        <PublishersPanel search={search.search} mayWrite={mayWrite} />
      )}
    </Page>
  );
}

function PlacementsView({
  search,
  mayWrite,
  onChange,
  onClear,
}: {
  search: PlacementsSearch;
  mayWrite: boolean;
  onChange: (next: Partial<Record<keyof PlacementsSearch, unknown>>) => void;
  onClear: () => void;
}) {
  const placements = useRead(
    listPlacements,
    {
      limit: most,
      ...(search.search ? { search: search.search } : {}),
      ...(search.publisherId ? { publisherId: search.publisherId } : {}),
    },
    { keep: true },
  );
  const data = placements.data;
  const opened = data?.items.find((placement) => placement.id === search.open) ?? null;
  return (
    <>
      <Panel
        title="Placements"
        meta={data && `${data.items.length} of ${data.total}`}
        bodyClassName={`overflow-x-auto ${placements.isPlaceholderData ? 'opacity-60' : ''}`}
      >
        {placements.error && !data ? (
          <ReadFailed what="Placements" error={placements.error} onRetry={() => void placements.refetch()} />
        ) : !data ? (
          <Skeleton rows={6} />
        ) : data.items.length === 0 ? (
          search.search || search.publisherId ? (
            <EmptyState
              icon={SearchX}
              title="No placement matches"
              action={
                <Button
                  onClick={() => {
                    onClear();
                    onChange({ search: undefined, publisherId: undefined });
                  }}
                >
                  Clear search and filter
                </Button>
              }
            />
          ) : (
            <EmptyState icon={MonitorPlay} title="No placements yet">
              A placement is a place for ads of a publisher, with its own rules and tags.
            </EmptyState>
          )
        ) : (
          <PlacementTable
            placements={data.items}
            selected={search.open}
            onOpen={(open) => onChange({ open })}
          />
        )}
      </Panel>
      {(search.open === 'new' ? mayWrite : opened) && (
        <PlacementDrawer
          key={search.open}
          placement={opened}
          mayWrite={mayWrite}
          onClose={() => onChange({ open: undefined })}
          onMade={(placement) => onChange({ open: placement.id })}
        />
      )}
    </>
  );
}
