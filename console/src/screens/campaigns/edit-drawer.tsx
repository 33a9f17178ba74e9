import { type CampaignDetail, getCampaign, type InputOf, updateCampaign } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Field, Input, TextArea } from '../../design/field.tsx';
import { isoDay, zoneName } from '../../design/format/date.ts';
import { moneyText, parseMoney } from '../../design/format/money.ts';
import { Note } from '../../design/note.tsx';
import { TextField } from '../../design/text-field.tsx';
import { useToast } from '../../design/toast.tsx';
import { amountText } from '../../draft.ts';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';

/** Label, budget, dates and description. Only what was changed is sent, with the version that was seen. */
export function EditDrawer({ campaign, onClose }: { campaign: CampaignDetail; onClose: () => void }) {
  const toast = useToast();
  // The values as they were when the drawer opened: a change by somebody else must not slip in unseen.
  const [seen, setSeen] = useState(campaign);
  const current = useRead(getCampaign, { campaignId: campaign.id });
  const zone = seen.timeZone;
  const [label, setLabel] = useState(seen.label);
  const [budget, setBudget] = useState(amountText(seen.budgetMicros, seen.currency));
  const [startOn, setStartOn] = useState(isoDay(seen.startAt, zone));
  const [endOn, setEndOn] = useState(isoDay(Date.parse(seen.endAt) - 1, zone));
  const [description, setDescription] = useState(seen.description);
  const save = useChange(updateCampaign, (after) => {
    toast({ text: `${after.name} saved` });
    onClose();
  });
  const budgetMicros = parseMoney(budget);
  const submit = () => {
    if (!budgetMicros) return;
    const input: InputOf<typeof updateCampaign> = {
      campaignId: seen.id,
      ...(label.trim() === seen.label ? {} : { label: label.trim() }),
      ...(budgetMicros === seen.budgetMicros ? {} : { budgetMicros }),
      ...(startOn === isoDay(seen.startAt, zone) ? {} : { startOn }),
      ...(endOn === isoDay(Date.parse(seen.endAt) - 1, zone) ? {} : { endOn }),
      ...(description.trim() === seen.description ? {} : { description: description.trim() }),
    };
    if (Object.keys(input).length === 1) onClose();
    else save.mutate({ input, options: { ifMatch: seen.version } });
  };
  const latest = current.data ?? campaign;
  const conflict = latest.version !== seen.version && !save.isPending;
  return (
    <FormDrawer
      title={<h2>Edit campaign</h2>}
      save="Save"
      busy={save.isPending}
      disabled={!budgetMicros}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {conflict && (
        <Note tone="warn" live title="Somebody changed it meanwhile.">
          Budget now {moneyText(latest.budgetMicros, latest.currency)}, label now “{latest.label}”.{' '}
          <button type="button" className="link" onClick={() => setSeen(latest)}>
            Keep my values over theirs
          </button>
        </Note>
      )}
      <TextField
        label="Campaign label"
        hint="The full name follows from it."
        error={fieldError(save.error, 'label')}
        required
        maxLength={80}
        value={label}
        onChange={setLabel}
      />
      <TextField
        label="Budget"
        error={
          budgetMicros
            ? fieldError(save.error, 'budgetMicros')
            : `“${budget}” is not accepted; give an amount above 0`
        }
        required
        inputMode="decimal"
        value={budget}
        onChange={(text) => setBudget(text)}
        unit={seen.currency}
      />
      <div className="grid grid-cols-2 gap-3">
        <Field label="First day" hint={zoneName(zone)} error={fieldError(save.error, 'startOn')}>
          <Input required type="date" value={startOn} onChange={(event) => setStartOn(event.target.value)} />
        </Field>
        <Field label="Last day, included" hint={zoneName(zone)} error={fieldError(save.error, 'endOn')}>
          <Input required type="date" value={endOn} onChange={(event) => setEndOn(event.target.value)} />
        </Field>
      </div>
      <Field label="Description" error={fieldError(save.error, 'description')}>
        <TextArea
          rows={4}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
    </FormDrawer>
  );
}
