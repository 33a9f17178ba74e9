import type { LineItem } from '@cuepoint/contract';
import { Field } from '../../design/field.tsx';
import { TextField } from '../../design/text-field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import type { DraftPart } from '../../draft.ts';
import type { LineItemDraft } from './line-item-draft.ts';
import { priceModelWords, typeWords } from './words.ts';

/** What is sold and for how much: type, place in the order, price, and the share that a sponsorship takes. */
export function PriceFields({
  draft,
  currency,
  problem,
  onChange,
}: DraftPart<LineItemDraft> & {
  currency: LineItem['currency'];
}) {
  const isFlat = draft.priceModel === 'flat';
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label="Type" error={problem('type', 'type')}>
        <WordSelect value={draft.type} words={typeWords} onChange={(type) => onChange({ type })} />
      </Field>
      <TextField
        label="Priority"
        hint="1 first, 16 last"
        error={problem('priority', 'priority')}
        inputMode="numeric"
        value={draft.priority}
        onChange={(priority) => onChange({ priority })}
      />
      <Field label="Price model" error={problem('priceModel', 'priceModel')}>
        <WordSelect
          value={draft.priceModel}
          words={priceModelWords}
          onChange={(priceModel) => onChange({ priceModel })}
        />
      </Field>
      {isFlat && (
        <TextField
          label="Fee"
          hint={draft.type === 'house' ? 'Empty: none is owed' : 'Owed whatever is served'}
          error={problem('fee', 'flatMicros')}
          inputMode="decimal"
          unit={currency}
          value={draft.fee}
          onChange={(fee) => onChange({ fee })}
        />
      )}
      <TextField
        label={isFlat ? 'Rank as CPM' : 'CPM'}
        hint={isFlat ? 'Orders it among others; nothing is charged' : undefined}
        error={problem('cpm', 'cpmMicros')}
        inputMode="decimal"
        unit={currency}
        value={draft.cpm}
        onChange={(cpm) => onChange({ cpm })}
      />
      {draft.type === 'sponsorship' && (
        <TextField
          label="Share of eligible requests"
          hint="Empty: all it can get"
          error={problem('share', 'sharePercent')}
          inputMode="numeric"
          unit="%"
          value={draft.share}
          onChange={(share) => onChange({ share })}
        />
      )}
    </div>
  );
}
