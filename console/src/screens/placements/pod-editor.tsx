import type { ApiError } from '../../api.ts';
import { Field } from '../../design/field.tsx';
import { CueDot } from '../../design/mark.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { TextField } from '../../design/text-field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { fieldError } from '../../problem.tsx';
import { RowList, Wrong } from '../row-list.tsx';
import { Check, SecondsRange } from './form-parts.tsx';
import { emptyPod, type PodDraft, type SlotDraft } from './placement-draft.ts';
import { categorySeparationWords, podKindWords, slotKindWords } from './words.ts';

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
              <TextField
                label="Length of the dynamic part"
                error={problem('pod.seconds')}
                unit="s"
                value={pod.seconds}
                onChange={(seconds) => set({ seconds })}
              />
            )}
            <TextField
              label="Most ads"
              error={problem('pod.maxAds')}
              inputMode="numeric"
              value={pod.maxAds}
              onChange={(maxAds) => set({ maxAds })}
            />
            <TextField
              label="Ads of one advertiser"
              error={problem('pod.maxAdsPerAdvertiser')}
              inputMode="numeric"
              value={pod.maxAdsPerAdvertiser}
              onChange={(maxAdsPerAdvertiser) => set({ maxAdsPerAdvertiser })}
            />
            <Field label="Two ads of one category">
              <WordSelect
                value={pod.categorySeparation}
                words={categorySeparationWords}
                onChange={(categorySeparation) => set({ categorySeparation })}
              />
            </Field>
            <TextField
              label="First place is worth"
              hint="1: as any other"
              error={problem('pod.first')}
              unit="times"
              value={pod.first}
              onChange={(first) => set({ first })}
            />
            <TextField
              label="Last place is worth"
              hint="1: as any other"
              error={problem('pod.last')}
              unit="times"
              value={pod.last}
              onChange={(last) => set({ last })}
            />
            <TextField
              label="Back-ups"
              hint="For an ad that fails"
              error={problem('pod.backups')}
              inputMode="numeric"
              value={pod.backups}
              onChange={(backups) => set({ backups })}
            />
          </div>
          <Check
            label="Filled to the millisecond or not at all"
            checked={pod.isExact}
            onChange={(isExact) => set({ isExact })}
          />
          {fieldError(remote, 'pod') && <Wrong>{fieldError(remote, 'pod')}</Wrong>}
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
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Fixed slots, in play order</legend>
      {problem('pod.slots') && <Wrong>{problem('pod.slots')}</Wrong>}
      <RowList
        kind="Slot"
        rows={slots}
        most={32}
        fresh={(): SlotDraft => ({ kind: 'any', min: '15', max: '30' })}
        problem={(at) => problem(`pod.slots[${at}]`)}
        onChange={onChange}
      >
        {(slot, set, name) => (
          <>
            <WordSelect
              label={`${name}: kind`}
              className="min-w-0 flex-1"
              value={slot.kind}
              words={slotKindWords}
              onChange={(kind) => set({ kind })}
            />
            <SecondsRange name={name} row={slot} words={['shortest', 'longest']} onChange={set} />
          </>
        )}
      </RowList>
    </fieldset>
  );
}
