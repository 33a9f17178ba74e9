import { eraseViewer, type VIEWER_ID_KINDS, type ViewerErasure } from '@cuepoint/contract';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Field, Input } from '../../design/field.tsx';
import { Note } from '../../design/note.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { ErasurePlaces } from './erasure-places.tsx';
import { viewerIdWords } from './words.ts';

type Kind = (typeof VIEWER_ID_KINDS)[number];

/** First what there is, by a dry run; then, with that in sight, the erasure. */
export function EraseDrawer({ onClose, onErased }: { onClose: () => void; onErased: () => void }) {
  const [kind, setKind] = useState<Kind>('ifa');
  const [viewer, setViewer] = useState('');
  const [reference, setReference] = useState('');
  const [found, setFound] = useState<ViewerErasure | null>(null);
  const look = useChange(eraseViewer, setFound);
  const erase = useChange(eraseViewer, onErased);
  const input = { kind, viewer: viewer.trim(), reference: reference.trim() };
  const change = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      set(value);
      setFound(null);
      look.reset();
      erase.reset();
    };
  };
  return (
    <FormDrawer
      title="Erase a viewer"
      save={found ? 'Erase this viewer' : 'Look what there is'}
      busy={look.isPending || erase.isPending}
      disabled={input.viewer === ''}
      error={erase.error ?? look.error}
      onSubmit={() => (found ? erase.mutate({ input }) : look.mutate({ input, options: { dryRun: true } }))}
      onClose={onClose}
    >
      <Field label="Kind of id">
        <WordSelect value={kind} words={viewerIdWords} onChange={change(setKind)} />
      </Field>
      <Field label="Id of the viewer" hint="As requests of the player carry it. It is not stored.">
        <Input
          value={viewer}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change(setViewer)(event.target.value)}
        />
      </Field>
      <Field label="Your reference" hint="A number of yours for this request. Never the id.">
        <Input
          value={reference}
          maxLength={120}
          autoComplete="off"
          onChange={(event) => change(setReference)(event.target.value)}
        />
      </Field>
      {found && (
        <>
          <Note tone="warn" title="This cannot be undone" live>
            Counts and spend stay as they are. What is recorded of this viewer from now on is new.
          </Note>
          <ErasurePlaces erasure={found} />
        </>
      )}
    </FormDrawer>
  );
}
