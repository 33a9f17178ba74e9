import { Input } from '../../design/field.tsx';
import { TextField } from '../../design/text-field.tsx';
import type { DraftPart } from '../../draft.ts';
import { RowList } from '../row-list.tsx';
import { Part, SecondsRange } from './form-parts.tsx';
import type { FloorDraft, PlacementDraft } from './placement-draft.ts';

/** The price below which nothing sold by price serves, and exceptions by length. */
export function FloorsEditor({ draft, problem, onChange }: DraftPart<PlacementDraft>) {
  return (
    <Part title="Floor">
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Floor, CPM"
          hint="0: none"
          error={problem('floor', 'floorCpmMicros')}
          inputMode="decimal"
          unit={draft.currency}
          value={draft.floor}
          onChange={(floor) => onChange({ floor })}
        />
        <TextField
          label="Currency"
          error={problem('currency', 'floorCurrency')}
          value={draft.currency}
          maxLength={3}
          onChange={(text) => onChange({ currency: text.toUpperCase() })}
        />
      </div>
      <RowList
        kind="Floor"
        rows={draft.floors}
        most={20}
        fresh={(): FloorDraft => ({ min: '0', max: '15', cpm: draft.floor })}
        add="Floor for a length"
        problem={(at) => problem(`floors[${at}]`, `durationFloors[${at}]`)}
        onChange={(floors) => onChange({ floors })}
      >
        {(floor, set, name) => (
          <>
            <SecondsRange name={name} row={floor} words={['from', 'to']} onChange={set} />
            <span>long:</span>
            <Input
              aria-label={`${name}: CPM`}
              className="min-w-0 flex-1"
              unit={draft.currency}
              value={floor.cpm}
              onChange={(event) => set({ cpm: event.target.value })}
            />
          </>
        )}
      </RowList>
      <TextField
        label="Floor of a second, CPM"
        hint="An ad of 30 s needs a CPM of 30 times this. 0: none"
        error={problem('perSecond', 'minCpmPerSecondMicros')}
        inputMode="decimal"
        unit={draft.currency}
        value={draft.perSecond}
        onChange={(perSecond) => onChange({ perSecond })}
      />
    </Part>
  );
}
