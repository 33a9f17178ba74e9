import { type LineItem, updateLineItem } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Field } from '../../design/field.tsx';
import { TextField } from '../../design/text-field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { changedFields } from '../../draft.ts';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { CapsEditor } from './caps-editor.tsx';
import { DaypartsEditor } from './dayparts-editor.tsx';
import { type LineItemDraft, lineItemDraft, readLineItem } from './line-item-draft.ts';
import { PriceFields } from './price-fields.tsx';
import { pacingWords, podPositionWords, rotationWords, separationScopeWords } from './words.ts';

/** Everything of a line item but targeting, flights and creatives, which are changed where they stand. */
export function RulesDrawer({ lineItem, onClose }: { lineItem: LineItem; onClose: () => void }) {
  const [seen] = useState(lineItem);
  const [draft, setDraft] = useState(() => lineItemDraft(seen));
  const save = useChange(updateLineItem, onClose);
  const { input, problems } = readLineItem(draft);
  const problem = (field: string, remote: string = field) =>
    problems.find((one) => one.field === field)?.message ?? fieldError(save.error, remote);
  const set = (change: Partial<LineItemDraft>) => setDraft((before) => ({ ...before, ...change }));
  const submit = () => {
    if (problems.length > 0) return;
    const changed = changedFields(input, seen);
    if (Object.keys(changed).length === 0) return onClose();
    save.mutate({ input: { lineItemId: seen.id, ...changed }, options: { ifMatch: seen.version } });
  };
  return (
    <FormDrawer
      title={`Edit ${seen.name}`}
      save="Save"
      busy={save.isPending}
      disabled={problems.length > 0}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        error={problem('name')}
        value={draft.name}
        maxLength={160}
        onChange={(name) => set({ name })}
      />
      <PriceFields draft={draft} currency={seen.currency} problem={problem} onChange={set} />
      <div className="grid grid-cols-2 gap-3">
        <Field label="Pacing" error={problem('pacing')}>
          <WordSelect value={draft.pacing} words={pacingWords} onChange={(pacing) => set({ pacing })} />
        </Field>
        <Field label="Rotation of creatives" error={problem('rotation')}>
          <WordSelect
            value={draft.rotation}
            words={rotationWords}
            onChange={(rotation) => set({ rotation })}
          />
        </Field>
        <Field label="Place in a break" error={problem('podPosition')}>
          <WordSelect
            value={draft.podPosition}
            words={podPositionWords}
            onChange={(podPosition) => set({ podPosition })}
          />
        </Field>
      </div>
      <CapsEditor
        caps={draft.caps}
        problem={problem('caps', 'frequencyCaps')}
        onChange={(caps) => set({ caps })}
      />
      <DaypartsEditor
        dayparts={draft.dayparts}
        problem={problem('dayparts')}
        onChange={(dayparts) => set({ dayparts })}
      />
      <div className="grid grid-cols-[1fr_130px] gap-3">
        <TextField
          label="Competes under these labels"
          hint="Such as automotive; separate by commas"
          error={problem('labels', 'separation')}
          value={draft.labels}
          onChange={(labels) => set({ labels })}
        />
        <Field label="Kept apart in">
          <WordSelect value={draft.scope} words={separationScopeWords} onChange={(scope) => set({ scope })} />
        </Field>
      </div>
    </FormDrawer>
  );
}
