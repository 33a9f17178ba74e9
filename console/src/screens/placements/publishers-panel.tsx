import { createPublisher, listPublishers, type Publisher, updatePublisher } from '@cuepoint/contract';
import { Building2, Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { Field, Input } from '../../design/field.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { fieldError, Problem, ReadFailed } from '../../problem.tsx';

/** Whose inventory is sold. */
export function PublishersPanel({ search, mayWrite }: { search: string | undefined; mayWrite: boolean }) {
  const publishers = useRead(listPublishers, { limit: 200, ...(search ? { search } : {}) }, { keep: true });
  const [open, setOpen] = useState<Publisher | 'new' | null>(null);
  const data = publishers.data;
  return (
    <Panel
      title="Publishers"
      meta={data && `${data.items.length} of ${data.total}`}
      action={
        mayWrite && (
          <Button size="sm" icon={Plus} onClick={() => setOpen('new')}>
            Publisher
          </Button>
        )
      }
    >
      {publishers.error && !data ? (
        <ReadFailed what="Publishers" error={publishers.error} onRetry={() => void publishers.refetch()} />
      ) : !data ? (
        <Skeleton rows={4} />
      ) : data.items.length === 0 ? (
        <EmptyState icon={Building2} title={search ? 'No publisher matches' : 'No publishers yet'}>
          A publisher owns apps and placements.
        </EmptyState>
      ) : (
        <Table
          label="Publishers"
          columns={[null, 220, 220, 100, 44]}
          head={
            <>
              <Th>Publisher</Th>
              <Th>Domain</Th>
              <Th>Public key</Th>
              <Th right>Placements</Th>
              <Th>
                <span className="sr-only">Edit</span>
              </Th>
            </>
          }
        >
          {data.items.map((publisher) => (
            <Tr key={publisher.id}>
              <Td className="font-medium" title={publisher.name}>
                {publisher.name}
              </Td>
              <Td className="text-fg-2">{publisher.domain ?? 'none'}</Td>
              <Td>
                <IdChip id={publisher.publisherKey} what="public key" />
              </Td>
              <Td right>{publisher.placementCount}</Td>
              <Td>
                {mayWrite && (
                  <IconButton
                    icon={Pencil}
                    size="sm"
                    label={`Edit ${publisher.name}`}
                    onClick={() => setOpen(publisher)}
                  />
                )}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
      {open && (
        <PublisherDrawer
          key={open === 'new' ? 'new' : open.id}
          publisher={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

function PublisherDrawer({ publisher, onClose }: { publisher: Publisher | null; onClose: () => void }) {
  const [name, setName] = useState(publisher?.name ?? '');
  const [domain, setDomain] = useState(publisher?.domain ?? '');
  const create = useChange(createPublisher, onClose);
  const update = useChange(updatePublisher, onClose);
  const error = create.error ?? update.error;
  return (
    <Drawer
      open
      onClose={onClose}
      title={publisher?.name ?? 'New publisher'}
      foot={
        <>
          <Button
            look="primary"
            type="submit"
            form="publisher"
            busy={create.isPending || update.isPending}
            disabled={name.trim() === ''}
          >
            {publisher ? 'Save' : 'Create publisher'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form
        id="publisher"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = { name: name.trim(), domain: domain.trim() === '' ? null : domain.trim() };
          if (publisher)
            update.mutate({
              input: { publisherId: publisher.id, ...fields },
              options: { ifMatch: publisher.version },
            });
          else create.mutate({ input: fields });
        }}
      >
        <Field label="Name" error={fieldError(error, 'name')}>
          <Input required value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Domain" hint="Of the business, for sellers.json" error={fieldError(error, 'domain')}>
          <Input
            value={domain}
            placeholder="publisher.example"
            onChange={(event) => setDomain(event.target.value)}
          />
        </Field>
        {error && <Problem error={error} />}
      </form>
    </Drawer>
  );
}
