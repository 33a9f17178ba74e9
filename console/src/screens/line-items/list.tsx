import { getProfile, listCampaigns, listLineItems } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Rows3 } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Panel } from '../../design/panel.tsx';
import { useCommands, useCrumbs } from '../../shell/page-context.tsx';
import { FilterSelect, ListBody, PageSteps, SearchField, useSearchText } from '../list-parts.tsx';
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
  const [text, setText] = useSearchText(search.search, (word) => change({ search: word }));
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
        <SearchField label="Search line items" placeholder="Name or id" value={text} onChange={setText} />
        <FilterSelect
          label="Status"
          className="w-36"
          value={status}
          options={lineItemStatuses.map((one) => [one, statusNames[one]])}
          onChange={(next) => change({ status: next })}
        />
        <FilterSelect
          label="Type"
          className="w-36"
          value={type}
          options={lineItemTypes.map((one) => [one, typeWords[one]])}
          onChange={(next) => change({ type: next })}
        />
        <FilterSelect
          label="Campaign"
          className="w-52"
          value={search.campaignId}
          options={(campaigns.data?.items ?? []).map(({ id, name }) => [id, name])}
          onChange={(campaignId) => change({ campaignId })}
        />
        <span role="status" className="meta ml-auto text-fg-3">
          {data && `${data.items.length} of ${data.total}`}
        </span>
      </div>
      <Panel
        className="min-h-40 flex-1 rounded-b-none border-b-0"
        bodyClassName={`overflow-auto ${lineItems.isPlaceholderData ? 'opacity-60' : ''}`}
      >
        <ListBody
          what="Line items"
          read={lineItems}
          skeletonRows={12}
          noMatch={
            filtered
              ? {
                  title: 'No line item matches',
                  clear: 'Clear search and filters',
                  onClear: () => {
                    setText('');
                    void navigate({ search: {} });
                  },
                }
              : null
          }
          empty={{
            icon: Rows3,
            title: 'No line items yet',
            hint: 'A line item is what is sold: a price, a place in the order, targeting and flights. It belongs to a campaign.',
          }}
        >
          {(items) => (
            <LineItemTable
              lineItems={items}
              mayWrite={mayWrite}
              saving={saving}
              onSave={(lineItem, patch, what) => void save(lineItem, patch, what)}
            />
          )}
        </ListBody>
      </Panel>
      <div className="sticky bottom-0 z-10 -mx-5 -mt-2.5 flex min-h-9 items-center gap-x-5 border-t border-line bg-raised px-8 py-1 text-sm text-fg-3">
        {mayWrite && <span>Status, priority and CPM: Enter or e edits, Esc leaves, arrow keys move.</span>}
        <PageSteps trail={trail} nextCursor={data?.nextCursor} onTrail={(next) => change({ trail: next })} />
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
