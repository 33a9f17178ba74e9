import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../../design/button.tsx';
import { Field, Input } from '../../design/field.tsx';
import { Part } from './form-parts.tsx';
import type { FloorDraft, PlacementDraft } from './placement-draft.ts';

/** The price below which nothing sold by price serves, and exceptions by length. */
export function FloorsEditor({
  draft,
  problem,
  onChange,
}: {
  draft: PlacementDraft;
  problem: (field: string, remote?: string) => string | undefined;
  onChange: (change: Partial<PlacementDraft>) => void;
}) {
  const set = (at: number, change: Partial<FloorDraft>) =>
    onChange({
      floors: draft.floors.map((floor, index) => (index === at ? { ...floor, ...change } : floor)),
    });
  return (
    <Part title="Floor">
      <div className="grid grid-cols-2 gap-3">
        <Field label="Floor, CPM" hint="0: none" error={problem('floor', 'floorCpmMicros')}>
          <Input
            inputMode="decimal"
            unit={draft.currency}
            value={draft.floor}
            onChange={(event) => onChange({ floor: event.target.value })}
          />
        </Field>
        <Field label="Currency" error={problem('currency', 'floorCurrency')}>
          <Input
            value={draft.currency}
            maxLength={3}
            onChange={(event) => onChange({ currency: event.target.value.toUpperCase() })}
          />
        </Field>
      </div>
      {draft.floors.map((floor, at) => {
        const name = `Floor ${at + 1}`;
        const wrong = problem(`floors[${at}]`);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: floors have no identity but their place
          <div key={at} className="text-sm">
            <div className="flex items-center gap-1">
              <Input
                aria-label={`${name}: from, seconds`}
                className="w-18"
                unit="s"
                value={floor.min}
                onChange={(event) => set(at, { min: event.target.value })}
              />
              <span>to</span>
              <Input
                aria-label={`${name}: to, seconds`}
                className="w-18"
                unit="s"
                value={floor.max}
                onChange={(event) => set(at, { max: event.target.value })}
              />
              <span>long:</span>
              <Input
                aria-label={`${name}: CPM`}
                className="min-w-0 flex-1"
                unit={draft.currency}
                value={floor.cpm}
                onChange={(event) => set(at, { cpm: event.target.value })}
              />
              <IconButton
                icon={X}
                size="sm"
                label={`Remove ${name}`}
                onClick={() => onChange({ floors: draft.floors.filter((_, index) => index !== at) })}
              />
            </div>
            {wrong && (
              <p role="alert" className="mt-1 text-block">
                {wrong}
              </p>
            )}
          </div>
        );
      })}
      <div>
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          disabled={draft.floors.length >= 20}
          onClick={() => onChange({ floors: [...draft.floors, { min: '0', max: '15', cpm: draft.floor }] })}
        >
          Floor for a length
        </Button>
      </div>
    </Part>
  );
}
