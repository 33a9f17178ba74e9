import { tailEvents } from '@cuepoint/contract';
import { X } from 'lucide-react';
import { Button } from '../../design/button.tsx';
import { Switch } from '../../design/choice.tsx';
import { Input } from '../../design/field.tsx';
import { deliveryEventWord } from '../../words.ts';
import { FilterSelect, SearchField, useSearchText } from '../list-parts.tsx';
import type { useNames } from './names.ts';
import type { LiveSearch } from './search.ts';

/** Which records are wanted. All of it stands in the address. */
export function Filters({
  search,
  names,
  onChange,
}: {
  search: LiveSearch;
  names: ReturnType<typeof useNames>;
  onChange: (next: Partial<Record<keyof LiveSearch, unknown>>) => void;
}) {
  const [id, setId] = useSearchText(search.id, (word) => onChange({ id: word }));
  const [reason, setReason] = useSearchText(search.reason, (word) => onChange({ reason: word }));
  const options = (items: readonly { id: string; name: string }[]) =>
    items.map((one) => [one.id, one.name] as const);
  const { open: _open, ...filter } = search;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField
        label="Decision, request, session or any other id"
        placeholder="Any id"
        value={id}
        onChange={setId}
      />
      <FilterSelect
        label="Event"
        className="w-38"
        value={search.event}
        options={tailEvents.map((one) => [one, one === 'request' ? 'Request' : deliveryEventWord[one]!])}
        onChange={(event) => onChange({ event })}
      />
      <FilterSelect
        label="Campaign"
        className="w-42"
        value={search.campaignId}
        options={options(names.campaigns)}
        onChange={(campaignId) => onChange({ campaignId })}
      />
      <FilterSelect
        label="Line item"
        className="w-42"
        value={search.lineItemId}
        options={options(names.lineItems)}
        onChange={(lineItemId) => onChange({ lineItemId })}
      />
      <FilterSelect
        label="Placement"
        className="w-42"
        value={search.placementId}
        options={options(names.placements)}
        onChange={(placementId) => onChange({ placementId })}
      />
      <FilterSelect
        label="Invalid"
        any="with"
        className="w-36"
        value={search.invalid}
        options={[
          ['only', 'Invalid only'],
          ['without', 'Without invalid'],
        ]}
        onChange={(invalid) => onChange({ invalid })}
      />
      <Input
        className="w-36"
        aria-label="Reason or VAST error code"
        placeholder="Reason or code"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Switch
        label="Problems only"
        checked={search.problems === true}
        onChange={(on) => onChange({ problems: on ? true : undefined })}
      />
      {Object.keys(filter).length > 0 && (
        <Button
          look="quiet"
          size="sm"
          icon={X}
          onClick={() => {
            setId('');
            setReason('');
            onChange(Object.fromEntries(Object.keys(filter).map((name) => [name, undefined])));
          }}
        >
          Clear filter
        </Button>
      )}
    </div>
  );
}
