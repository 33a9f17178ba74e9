import type { Placement } from '@cuepoint/contract';
import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Field, Input } from '../../design/field.tsx';

/** Archiving has no way back, so the name is typed. */
export function ArchiveDialog({
  placement,
  onClose,
  onArchive,
}: {
  placement: Placement;
  onClose: () => void;
  onArchive: () => void;
}) {
  const [typed, setTyped] = useState('');
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Archive ${placement.name}`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={typed.trim() !== placement.name} onClick={onArchive}>
            Archive placement
          </Button>
        </>
      }
    >
      <p className="mb-3 text-fg-2">
        Its tags answer no ads any more, and it cannot be brought back. What it delivered stays in the
        reports.
      </p>
      <Field label={`Type “${placement.name}” to confirm`}>
        <Input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
      </Field>
    </Dialog>
  );
}
