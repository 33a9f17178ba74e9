import type { LineItem } from '@cuepoint/contract';
import { Button } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import type { EditConflict, LineItemPatch } from './use-line-item-edit.ts';

/** Somebody else changed the line item meanwhile: both values side by side, and a decision. */
export function ConflictDialog({
  conflict,
  onClose,
  onMine,
}: {
  conflict: EditConflict | null;
  onClose: () => void;
  onMine: (theirs: LineItem, patch: LineItemPatch) => void;
}) {
  return (
    <Dialog
      open={conflict !== null}
      onClose={onClose}
      title="Somebody changed this line item meanwhile"
      foot={
        conflict && (
          <>
            <Button onClick={onClose}>Keep the newer version</Button>
            <Button
              look="primary"
              onClick={() => {
                onClose();
                onMine(conflict.theirs, conflict.patch);
              }}
            >
              Apply my change to it
            </Button>
          </>
        )
      }
    >
      {conflict && (
        <>
          <p className="mb-2 text-fg-2">
            You changed version {conflict.seen.version} of {conflict.theirs.name}; version{' '}
            {conflict.theirs.version} was saved <DateTime at={conflict.theirs.updatedAt} />. Your change is
            not kept yet.
          </p>
          <Table
            label="Both versions"
            columns={[120, null, null, null]}
            head={
              <>
                <Th>Field</Th>
                <Th>You saw</Th>
                <Th>Now</Th>
                <Th>Yours</Th>
              </>
            }
          >
            {(Object.keys(conflict.patch) as (keyof LineItemPatch)[]).map((field) => (
              <Tr key={field}>
                <Td>{fieldWords[field] ?? field}</Td>
                <Td className="text-fg-2">{shown(conflict.seen[field])}</Td>
                <Td>{shown(conflict.theirs[field])}</Td>
                <Td className="font-medium">{shown(conflict.patch[field])}</Td>
              </Tr>
            ))}
          </Table>
        </>
      )}
    </Dialog>
  );
}

const fieldWords: Partial<Record<keyof LineItemPatch, string>> = {
  status: 'Status',
  priority: 'Priority',
  cpmMicros: 'CPM, micros',
  targeting: 'Targeting',
};

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
