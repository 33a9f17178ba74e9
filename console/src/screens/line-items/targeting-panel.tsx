import type { LineItem, TargetingNode } from '@cuepoint/contract';
import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { TextArea } from '../../design/field.tsx';
import { Note } from '../../design/note.tsx';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { draftOf, type GroupDraft, readTree, targetingSentence, treeOf } from './targeting.ts';
import { TargetingBuilder } from './targeting-builder.tsx';

type View = 'sentence' | 'builder' | 'json';
const views = [
  { value: 'builder', label: 'Conditions' },
  { value: 'json', label: 'JSON' },
] as const;

/** Whom it is for: a sentence, the conditions to build it, and its JSON twin. */
export function TargetingPanel({
  lineItem,
  mayWrite,
  busy,
  onSave,
}: {
  lineItem: LineItem;
  mayWrite: boolean;
  busy: boolean;
  onSave: (tree: TargetingNode) => Promise<boolean>;
}) {
  const [view, setView] = useState<View>('sentence');
  const [draft, setDraft] = useState<GroupDraft>(() => draftOf(lineItem.targeting));
  const [json, setJson] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const open = (next: View) => {
    setProblem(null);
    if (view === 'json' && next === 'builder') {
      const read = readTree(json);
      if ('problem' in read) return setProblem(read.problem);
      setDraft(draftOf(read.tree));
    } else if (next === 'builder') setDraft(draftOf(lineItem.targeting));
    if (next === 'json')
      setJson(JSON.stringify(view === 'builder' ? treeOf(draft) : lineItem.targeting, null, 2));
    setView(next);
  };
  const save = async () => {
    const read = view === 'json' ? readTree(json) : { tree: treeOf(draft) };
    if ('problem' in read) return setProblem(read.problem);
    if (await onSave(read.tree)) setView('sentence');
  };
  const readJson = view === 'json' ? readTree(json) : null;
  const shown =
    view === 'builder' ? treeOf(draft) : readJson && 'tree' in readJson ? readJson.tree : lineItem.targeting;
  return (
    <Panel
      title="Targeting"
      bodyClassName="flex flex-col gap-2.5 px-3 py-2"
      action={
        view === 'sentence' ? (
          <>
            <button type="button" className="link" onClick={() => open('json')}>
              JSON
            </button>
            {mayWrite && (
              <button type="button" className="link" onClick={() => open('builder')}>
                Change
              </button>
            )}
          </>
        ) : (
          <button type="button" className="link" onClick={() => open('sentence')}>
            {mayWrite ? 'Cancel' : 'Close'}
          </button>
        )
      }
    >
      <p className="break-words">{targetingSentence(shown)}</p>
      {view !== 'sentence' && mayWrite && (
        <Segmented label="How it is edited" value={view} options={views} onChange={open} />
      )}
      {view === 'builder' && <TargetingBuilder draft={draft} onChange={setDraft} />}
      {view === 'json' && (
        <TextArea
          aria-label="Targeting as JSON"
          rows={14}
          readOnly={!mayWrite}
          spellCheck={false}
          className="font-mono text-sm"
          value={json}
          onChange={(event) => {
            setJson(event.target.value);
            setProblem(null);
          }}
        />
      )}
      {problem && (
        <Note tone="block" live title="Not accepted.">
          {problem}.
        </Note>
      )}
      {view !== 'sentence' && mayWrite && (
        <div>
          <Button look="primary" busy={busy} onClick={() => void save()}>
            Save targeting
          </Button>
        </div>
      )}
    </Panel>
  );
}
