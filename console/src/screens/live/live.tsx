import { useNavigate, useSearch } from '@tanstack/react-router';
import { Activity, Pause, Play, Terminal } from 'lucide-react';
import { Button } from '../../design/button.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { useCopy } from '../../design/use-copy.ts';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { curlOf } from './curl.ts';
import { Filters } from './filters.tsx';
import { useNames } from './names.ts';
import { type LiveSearch, tailQuery } from './search.ts';
import { TailNote, TailRates } from './tail-head.tsx';
import { TailTable } from './tail-table.tsx';
import { TimelineDrawer } from './timeline-drawer.tsx';
import { useTail } from './use-tail.ts';

/** Requests and events of players as they happen; each opens the whole timeline of its decision. */
export function Live() {
  useCrumbs([{ label: 'Operate' }, { label: 'Live' }]);
  const search = useSearch({ from: '/shell/live' });
  const navigate = useNavigate({ from: '/live' });
  const query = String(tailQuery(search));
  const { state, isOpen, dispatch } = useTail(query);
  const names = useNames();
  const { copied, copy } = useCopy();
  const change = (next: Partial<Record<keyof LiveSearch, unknown>>) =>
    void navigate({
      search: (current) => ({ ...current, ...next }) as LiveSearch,
      replace: true,
      resetScroll: false,
    });
  const toggle = () => dispatch({ type: state.paused ? 'resume' : 'pause' });
  useCommands([
    {
      id: 'pause',
      group: 'Actions',
      label: state.paused ? 'Resume the live tail' : 'Pause the live tail',
      icon: state.paused ? Play : Pause,
      keys: 'space',
      run: toggle,
    },
  ]);
  return (
    <Page
      title="Live"
      className="h-full !gap-2.5 !pb-0"
      beside={
        <>
          {/* At the left, where an open timeline does not cover it. */}
          <Button look="primary" icon={state.paused ? Play : Pause} onClick={toggle}>
            {state.paused ? 'Resume' : 'Pause'}
          </Button>
          <TailRates state={state} isOpen={isOpen} />
        </>
      }
      actions={
        <Button
          icon={Terminal}
          onClick={() =>
            copy(curlOf(location.origin, `/api/v1/live/tail${query === '' ? '' : `?${query}`}`, true))
          }
        >
          {copied ? 'Copied' : 'Copy as curl'}
        </Button>
      }
    >
      <Filters search={search} names={names} onChange={change} />
      <TailNote state={state} isOpen={isOpen} />
      <Panel
        className="min-h-40 flex-1 rounded-b-none border-b-0"
        bodyClassName={`overflow-auto ${state.paused ? 'bg-sunken' : ''}`}
      >
        {state.rows.length === 0 ? (
          <EmptyState icon={Activity} title={state.paused ? 'Paused' : 'Nothing yet'}>
            {query === ''
              ? 'A row appears as soon as a player asks a tag for ads or reports an event.'
              : 'A row appears as soon as a record matches the filter.'}
          </EmptyState>
        ) : (
          <TailTable
            rows={state.rows}
            search={search}
            nameOf={names.nameOf}
            onOpen={(open) => change({ open })}
          />
        )}
      </Panel>
      {search.open && (
        <TimelineDrawer
          key={search.open}
          decisionId={search.open}
          nameOf={names.nameOf}
          onOpen={(open) => change({ open })}
          onFollow={(id) => change({ id, open: undefined })}
          onClose={() => change({ open: undefined })}
        />
      )}
    </Page>
  );
}
