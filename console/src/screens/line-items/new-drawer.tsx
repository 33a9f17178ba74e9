import { type Campaign, createLineItem } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Field, Select } from '../../design/field.tsx';
import { parseMoney } from '../../design/format/money.ts';
import { TextField } from '../../design/text-field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { readCpm } from './list-table.tsx';
import type { LineItemType } from './search.ts';
import { typeWords } from './words.ts';

/** The least a line item needs; the rest is set on its own page. */
export function NewLineItem({
  campaigns,
  campaignId: given,
  onClose,
  onMade,
}: {
  campaigns: readonly Campaign[];
  campaignId?: string | undefined;
  onClose: () => void;
  onMade: (lineItemId: string) => void;
}) {
  const [campaignId, setCampaignId] = useState(given ?? campaigns[0]?.id ?? '');
  const [name, setName] = useState('');
  const [type, setType] = useState<LineItemType>('standard');
  const [cpm, setCpm] = useState('');
  const [budget, setBudget] = useState('');
  const create = useChange(createLineItem, (made) => onMade(made.id));
  const campaign = campaigns.find((one) => one.id === campaignId);
  const badCpm = cpm === '' ? null : readCpm(cpm);
  const budgetMicros = budget === '' ? null : parseMoney(budget);
  const badBudget = budget !== '' && !budgetMicros;
  const submit = () => {
    const cpmMicros = parseMoney(cpm);
    if (!campaign || cpmMicros === null) return;
    create.mutate({
      input: {
        campaignId,
        type,
        cpmMicros,
        ...(name.trim() ? { name: name.trim() } : {}),
        flights: budgetMicros ? [{ startAt: campaign.startAt, endAt: campaign.endAt, budgetMicros }] : [],
      },
    });
  };
  return (
    <FormDrawer
      title="New line item"
      save="Create as draft"
      busy={create.isPending}
      disabled={!campaign || cpm === '' || badCpm !== null || badBudget}
      error={create.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Campaign" error={fieldError(create.error, 'campaignId')}>
        <Select value={campaignId} onChange={(event) => setCampaignId(event.target.value)}>
          {campaigns.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Select>
      </Field>
      <TextField
        label="Name"
        hint="Empty: the name of the campaign and a number"
        error={fieldError(create.error, 'name')}
        value={name}
        maxLength={160}
        onChange={setName}
      />
      <Field label="Type" hint="Sets the priority" error={fieldError(create.error, 'type')}>
        <WordSelect value={type} words={typeWords} onChange={setType} />
      </Field>
      <TextField
        label="Price of 1,000 impressions"
        error={badCpm ?? fieldError(create.error, 'cpmMicros')}
        required
        inputMode="decimal"
        value={cpm}
        unit={campaign?.currency}
        onChange={setCpm}
      />
      <TextField
        label="Budget of its first flight"
        hint="The flight has the dates of the campaign. Empty: no flight yet"
        error={
          badBudget
            ? `“${budget}” is not accepted; give an amount above 0`
            : fieldError(create.error, 'flights')
        }
        inputMode="decimal"
        value={budget}
        unit={campaign?.currency}
        onChange={setBudget}
      />
    </FormDrawer>
  );
}
