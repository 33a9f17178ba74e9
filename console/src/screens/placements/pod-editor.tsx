import { Plus, X } from 'lucide-react';
import type { ApiError } from '../../api.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Field, Input, Select } from '../../design/field.tsx';
import { CueDot } from '../../design/mark.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { fieldError } from '../../problem.tsx';
import { Check } from './form-parts.tsx';
import { emptyPod, type PodDraft, type SlotDraft } from './placement-draft.ts';
import { podKindWords } from './words.ts';

const kinds = [
  { value: 'single', label: 'One ad' },
  { value: 'dynamic', label: podKindWords.dynamic },
  { value: 'structured', label: podKindWords.structured },
  { value: 'hybrid', label: podKindWords.hybrid },
] as const;
const kindSentences = {
  single: 'One ad at a time.',
  dynamic: 'A length that is filled with as many ads as fit.',
  structured: 'Fixed slots, each filled on its own, in play order.',
  hybrid: 'Fixed slots, and a length beside them that is filled with what fits.',
};

/** How a break is filled. */
export function PodEditor({
  pod,
  problem,
  remote,
  onChange,
}: {
  pod: PodDraft | null;
  problem: (field: string) => string | undefined;
  remote: ApiError | null;
  onChange: (pod: PodDraft | null) => void;
}) {
  const kind = pod?.kind ?? 'single';
  const set = (change: Partial<PodDraft>) => pod && onChange({ ...pod, ...change });
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-3">
      <h3 className="flex items-center gap-1.5">
        <CueDot /> Break
      </h3>
      <div>
        <Segmented
          label="How the break is filled"
          value={kind}
          options={kinds}
          onChange={(next) => {
            if (next === 'single') return onChange(null);
            const kept = pod ?? emptyPod;
            onChange({
              ...kept,
              kind: next,
              slots:
                next !== 'dynamic' && kept.slots.length === 0
                  ? [{ kind: 'any', min: '15', max: '30' }]
                  : kept.slots,
            });
          }}
        />
        <p className="mt-1 text-sm text-fg-3">{kindSentences[kind]}</p>
      </div>
      {pod && (
        <>
          {pod.kind !== 'dynamic' && (
            <Slots slots={pod.slots} problem={problem} onChange={(slots) => set({ slots })} />
          )}
          <div className="grid grid-cols-2 gap-3">
            {pod.kind !== 'structured' && (
              <Field label="Length of the dynamic part" error={problem('pod.seconds')}>
                <Input
                  unit="s"
                  value={pod.seconds}
                  onChange={(event) => set({ seconds: event.target.value })}
                />
              </Field>
            )}
            <Field label="Most ads" error={problem('pod.maxAds')}>
              <Input
                inputMode="numeric"
                value={pod.maxAds}
                onChange={(event) => set({ maxAds: event.target.value })}
              />
            </Field>
            <Field label="Ads of one advertiser" error={problem('pod.maxAdsPerAdvertiser')}>
              <Input
                inputMode="numeric"
                value={pod.maxAdsPerAdvertiser}
                onChange={(event) => set({ maxAdsPerAdvertiser: event.target.value })}
              />
            </Field>
            <Field label="Two ads of one category">
              <Select
                value={pod.categorySeparation}
                onChange={(event) => {
                  const next = event.target.value;
                  if (next === 'pod' || next === 'adjacent' || next === 'none')
                    set({ categorySeparation: next });
                }}
              >
                <option value="pod">never in a break</option>
                <option value="adjacent">not side by side</option>
                <option value="none">no matter</option>
              </Select>
            </Field>
            <Field label="First place is worth" hint="1: as any other" error={problem('pod.first')}>
              <Input
                unit="times"
                value={pod.first}
                onChange={(event) => set({ first: event.target.value })}
              />
            </Field>
            <Field label="Last place is worth" hint="1: as any other" error={problem('pod.last')}>
              <Input unit="times" value={pod.last} onChange={(event) => set({ last: event.target.value })} />
            </Field>
            <Field label="Back-ups" hint="For an ad that fails" error={problem('pod.backups')}>
              <Input
                inputMode="numeric"
                value={pod.backups}
                onChange={(event) => set({ backups: event.target.value })}
              />
            </Field>
          </div>
          <Check
            label="Filled to the millisecond or not at all"
            checked={pod.isExact}
            onChange={(isExact) => set({ isExact })}
          />
          {fieldError(remote, 'pod') && (
            <p role="alert" className="text-sm text-block">
              {fieldError(remote, 'pod')}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Slots({
  slots,
  problem,
  onChange,
}: {
  slots: readonly SlotDraft[];
  problem: (field: string) => string | undefined;
  onChange: (slots: SlotDraft[]) => void;
}) {
  const set = (at: number, change: Partial<SlotDraft>) =>
    onChange(slots.map((slot, index) => (index === at ? { ...slot, ...change } : slot)));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Fixed slots, in play order</legend>
      {slots.map((slot, at) => {
        const name = `Slot ${at + 1}`;
        const wrong = problem(`pod.slots[${at}]`);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: slots have no identity but their place
          <div key={at} className="text-sm">
            <div className="flex items-center gap-1">
              <span className="w-5 text-right text-fg-3">{at + 1}</span>
              <Select
                aria-label={`${name}: kind`}
                className="min-w-0 flex-1"
                value={slot.kind}
                onChange={(event) => set(at, { kind: event.target.value === 'bumper' ? 'bumper' : 'any' })}
              >
                <option value="any">Any ad</option>
                <option value="bumper">Bumper</option>
              </Select>
              <Input
                aria-label={`${name}: shortest, seconds`}
                className="w-18"
                unit="s"
                value={slot.min}
                onChange={(event) => set(at, { min: event.target.value })}
              />
              <span>to</span>
              <Input
                aria-label={`${name}: longest, seconds`}
                className="w-18"
                unit="s"
                value={slot.max}
                onChange={(event) => set(at, { max: event.target.value })}
              />
              <IconButton
                icon={X}
                size="sm"
                label={`Remove ${name}`}
                onClick={() => onChange(slots.filter((_, index) => index !== at))}
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
      {problem('pod.slots') && (
        <p role="alert" className="text-sm text-block">
          {problem('pod.slots')}
        </p>
      )}
      <div>
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          disabled={slots.length >= 32}
          onClick={() => onChange([...slots, { kind: 'any', min: '15', max: '30' }])}
        >
          Slot
        </Button>
      </div>
    </fieldset>
  );
}
