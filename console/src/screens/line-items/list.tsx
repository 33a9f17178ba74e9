import { getProfile, listCampaigns, listLineItems } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Plus, Rows3, Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRead } from '../../api.ts';
import { Button, Kbd } from '../../design/button.tsx';
import { Input, Select } from '../../design/field.tsx';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { LineItemTable } from './list-table.tsx';
import { NewLineItem } from './new-drawer.tsx';
import { type LineItemsSearch, lineItemStatuses, lineItemTypes } from './search.ts';
import { useLineItemEdit } from './use-line-item-edit.ts';
import { statusNames, typeWords } from './words.ts';

const pageRows = 100;

/** Line items of all campaigns; the address is the state of the list. */
export function LineItems() {
  useCrumbs([{ label: 'Plan' }, { label: 'Line items' }]);
  const search = useSearch({ from: '/shell/line-items' });
  const navigate = useNavigate({ from: '/line-items' });
  const profile = useRead(getProfile, {});
  const campaigns = useRead(listCampaigns, { limit: 200, sort: 'name', order: 'asc' });
  const { trail = [], status, type, ...filters } = search;
  const cursor = trail.at(-1);
  const lineItems = useRead(
    listLineItems,
    {
      ...filters,
      ...(status ? { status: [status] } : {}),
      ...(type ? { type: [type] } : {}),
      limit: pageRows,
      ...(cursor ? { cursor } : {}),
    },
    { keep: true },
  );
  const { save, saving, conflict, closeConflict } = useLineItemEdit();
  const [adding, setAdding] = useState(false);
  const mayWrite = profile.data?.permissions.includes('campaigns:write') ?? false;
  const change = (next: Partial<Record<keyof LineItemsSearch, unknown>>) =>
    void navigate({
      // Any other filter starts again at the first page.
      search: (current) => ({ ...current, trail: undefined, ...next }) as LineItemsSearch,
      replace: true,
    });
  const [text, setText] = useState(search.search ?? '');
  useEffect(() => {
    const trimmed = text.trim();
    if (trimmed === (search.search ?? '')) return;
    const timer = setTimeout(() => change({ search: trimmed || undefined }), 150);
    return () => clearTimeout(timer);
  });
  useCommands(
    mayWrite
      ? [
          {
            id: 'new line item',
            group: 'Actions',
            label: 'New line item',
            icon: Plus,
            keys: 'n',
            run: () => setAdding(true),
          },
        ]
      : [],
  );
  const data = lineItems.data;
  const filtered = Boolean(search.search || status || type || search.campaignId);
  return (
    <Page
      title="Line items"
      className="h-full !gap-2.5 !pb-0"
      actions={
        mayWrite && (
          <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
            New line item
          </Button>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-64">
          <Input
            type="search"
            aria-label="Search line items"
            placeholder="Name or id"
            value={text}
            onChange={(event) => setText(event.target.value)}
            lead={<Icon of={Search} />}
            unit={<Kbd>/</Kbd>}
          />
        </div>
        <Select
          aria-label="Status"
          className="w-36"
          value={status ?? ''}
          onChange={(event) => change({ status: event.target.value || undefined })}
        >
          <option value="">Status: any</option>
          {lineItemStatuses.map((one) => (
            <option key={one} value={one}>
              {statusNames[one]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Type"
          className="w-36"
          value={type ?? ''}
          onChange={(event) => change({ type: event.target.value || undefined })}
        >
          <option value="">Type: any</option>
          {lineItemTypes.map((one) => (
            <option key={one} value={one}>
              {typeWords[one]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Campaign"
          className="w-52"
          value={search.campaignId ?? ''}
          onChange={(event) => change({ campaignId: event.target.value || undefined })}
        >
          <option value="">Campaign: any</option>
          {campaigns.data?.items.map((campaign) => (
            <option key={campaign.id} value={campaign.id}>
              {campaign.name}
            </option>
          ))}
        </Select>
        <span role="status" className="meta ml-auto text-fg-3">
          {data && `${data.items.length} of ${data.total}`}
        </span>
      </div>
      <Panel
        className="min-h-40 flex-1 rounded-b-none border-b-0"
        bodyClassName={`overflow-auto ${lineItems.isPlaceholderData ? 'opacity-60' : ''}`}
      >
        {lineItems.error && !data ? (
          <ReadFailed what="Line items" error={lineItems.error} onRetry={() => void lineItems.refetch()} />
        ) : !data ? (
          <Skeleton rows={12} />
        ) : data.items.length === 0 ? (
          filtered ? (
            <EmptyState
              icon={SearchX}
              title="No line item matches"
              action={
                <Button
                  onClick={() => {
                    setText('');
                    void navigate({ search: {} });
                  }}
                >
                  Clear search and filters
                </Button>
              }
            />
          ) : (
            <EmptyState icon={Rows3} title="No line items yet">
              A line item is what is sold: a price, a place in the order, targeting and flights. It belongs to
              a campaign.
            </EmptyState>
          )
        ) : (
          <LineItemTable
            lineItems={data.items}
            mayWrite={mayWrite}
            saving={saving}
            onSave={(lineItem, patch, what) => void save(lineItem, patch, what)}
          />
        )}
      </Panel>
      <div className="sticky bottom-0 z-10 -mx-5 -mt-2.5 flex min-h-9 items-center gap-x-5 border-t border-line bg-raised px-8 py-1 text-sm text-fg-3">
        {mayWrite && <span>Status, priority and CPM: Enter or e edits, Esc leaves, arrow keys move.</span>}
        {(trail.length > 0 || data?.nextCursor) && (
          <span className="ml-auto flex items-center gap-1">
            <Button
              size="sm"
              look="quiet"
              icon={ChevronLeft}
              disabled={trail.length === 0}
              onClick={() => change({ trail: trail.length > 1 ? trail.slice(0, -1) : undefined })}
            >
              Previous
            </Button>
            <span>Page {trail.length + 1}</span>
            <Button
              size="sm"
              look="quiet"
              disabled={!data?.nextCursor}
              onClick={() => data?.nextCursor && change({ trail: [...trail, data.nextCursor] })}
            >
              Next <Icon of={ChevronRight} />
            </Button>
          </span>
        )}
      </div>
      <ConflictDialog
        conflict={conflict}
        onClose={closeConflict}
        onMine={(theirs, patch) => void save(theirs, patch, 'changed')}
      />
      {adding && (
        <NewLineItem
          campaigns={campaigns.data?.items ?? []}
          campaignId={search.campaignId}
          onClose={() => setAdding(false)}
          onMade={(lineItemId) => void navigate({ to: '/line-items/$lineItemId', params: { lineItemId } })}
        />
      )}
    </Page>
  );
}
