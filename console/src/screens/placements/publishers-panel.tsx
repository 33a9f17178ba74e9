import { createPublisher, listPublishers, type Publisher, updatePublisher } from '@cuepoint/contract';
import { Building2 } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { IdChip } from '../../design/id-chip.tsx';
import { TextField } from '../../design/text-field.tsx';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { ObjectsPanel } from './objects-panel.tsx';

/** Whose inventory is sold. */
export function PublishersPanel({ search, mayWrite }: { search: string | undefined; mayWrite: boolean }) {
  const publishers = useRead(listPublishers, { limit: 200, ...(search ? { search } : {}) }, { keep: true });
  return (
    <ObjectsPanel
      title="Publishers"
      what="Publishers"
      kind="Publisher"
      read={publishers}
      mayWrite={mayWrite}
      noMatch={search ? 'No publisher matches' : null}
      empty={{
        icon: Building2,
        title: 'No publishers yet',
        hint: 'A publisher owns apps and placements.',
      }}
      columns={[
        {
          head: 'Publisher',
          width: null,
          className: 'font-medium',
          title: (publisher) => publisher.name,
          cell: (publisher) => publisher.name,
        },
        { head: 'Domain', width: 220, className: 'text-fg-2', cell: ({ domain }) => domain ?? 'none' },
        {
          head: 'Public key',
          width: 220,
          cell: ({ publisherKey }) => <IdChip id={publisherKey} what="public key" />,
        },
        { head: 'Placements', width: 100, right: true, cell: ({ placementCount }) => placementCount },
      ]}
    >
      {(publisher, onClose) => <PublisherDrawer publisher={publisher} onClose={onClose} />}
    </ObjectsPanel>
  );
}

function PublisherDrawer({ publisher, onClose }: { publisher: Publisher | null; onClose: () => void }) {
  const [name, setName] = useState(publisher?.name ?? '');
  const [domain, setDomain] = useState(publisher?.domain ?? '');
  const create = useChange(createPublisher, onClose);
  const update = useChange(updatePublisher, onClose);
  const error = create.error ?? update.error;
  const submit = () => {
    const fields = { name: name.trim(), domain: domain.trim() === '' ? null : domain.trim() };
    if (publisher)
      update.mutate({
        input: { publisherId: publisher.id, ...fields },
        options: { ifMatch: publisher.version },
      });
    else create.mutate({ input: fields });
  };
  return (
    <FormDrawer
      title={publisher?.name ?? 'New publisher'}
      save={publisher ? 'Save' : 'Create publisher'}
      busy={create.isPending || update.isPending}
      disabled={name.trim() === ''}
      error={error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        error={fieldError(error, 'name')}
        required
        value={name}
        maxLength={120}
        onChange={setName}
      />
      <TextField
        label="Domain"
        hint="Of the business, for sellers.json"
        error={fieldError(error, 'domain')}
        value={domain}
        placeholder="publisher.example"
        onChange={setDomain}
      />
    </FormDrawer>
  );
}
