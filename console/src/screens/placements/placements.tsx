import { getProfile, listPlacements, listPublishers } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { MonitorPlay, Plus } from 'lucide-react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { FilterSelect, ListBody, SearchField, useSearchText } from '../list-parts.tsx';
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
  const [text, setText] = useSearchText(search.search, (word) => change({ search: word }));
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
        <SearchField label="Search by name" placeholder="Name" value={text} onChange={setText} />
        {view !== 'publishers' && (
          <FilterSelect
            label="Publisher"
            className="w-52"
            value={search.publisherId}
            options={(publishers.data?.items ?? []).map(({ id, name }) => [id, name])}
            onChange={(publisherId) => change({ publisherId })}
          />
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
        <ListBody
          what="Placements"
          read={placements}
          skeletonRows={6}
          noMatch={
            search.search || search.publisherId
              ? {
                  title: 'No placement matches',
                  clear: 'Clear search and filter',
                  onClear: () => {
                    onClear();
                    onChange({ search: undefined, publisherId: undefined });
                  },
                }
              : null
          }
          empty={{
            icon: MonitorPlay,
            title: 'No placements yet',
            hint: 'A placement is a place for ads of a publisher, with its own rules and tags.',
          }}
        >
          {(items) => (
            <PlacementTable placements={items} selected={search.open} onOpen={(open) => onChange({ open })} />
          )}
        </ListBody>
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
