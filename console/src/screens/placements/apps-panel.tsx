import { type App, createApp, listApps, type Publisher, updateApp } from '@cuepoint/contract';
import { Pencil, Plus, Tv } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { readValues } from '../../delivery-words.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { Field, Input, Select } from '../../design/field.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { fieldError, Problem, ReadFailed } from '../../problem.tsx';

const kindWords: Record<App['kind'], string> = { app: 'App', site: 'Site', channel: 'Channel' };

/** Apps, sites and channels that placements lie in. */
export function AppsPanel({
  search,
  publisherId,
  publishers,
  mayWrite,
}: {
  search: string | undefined;
  publisherId: string | undefined;
  publishers: readonly Publisher[];
  mayWrite: boolean;
}) {
  const apps = useRead(
    listApps,
    { limit: 200, ...(search ? { search } : {}), ...(publisherId ? { publisherId } : {}) },
    { keep: true },
  );
  const [open, setOpen] = useState<App | 'new' | null>(null);
  const data = apps.data;
  return (
    <Panel
      title="Apps, sites and channels"
      meta={data && `${data.items.length} of ${data.total}`}
      action={
        mayWrite &&
        publishers.length > 0 && (
          <Button size="sm" icon={Plus} onClick={() => setOpen('new')}>
            App
          </Button>
        )
      }
    >
      {apps.error && !data ? (
        <ReadFailed what="Apps" error={apps.error} onRetry={() => void apps.refetch()} />
      ) : !data ? (
        <Skeleton rows={4} />
      ) : data.items.length === 0 ? (
        <EmptyState icon={Tv} title={search || publisherId ? 'No app matches' : 'No apps yet'}>
          {publishers.length === 0
            ? 'Add a publisher first; an app belongs to one.'
            : 'An app, a site or a channel tells line items where a request comes from.'}
        </EmptyState>
      ) : (
        <Table
          label="Apps, sites and channels"
          columns={[90, null, 190, 240, { width: 160, wideOnly: true }, { width: 160, wideOnly: true }, 44]}
          head={
            <>
              <Th>Kind</Th>
              <Th>Name</Th>
              <Th>Publisher</Th>
              <Th>Bundle or domain</Th>
              <Th wideOnly>Network</Th>
              <Th wideOnly>Categories</Th>
              <Th>
                <span className="sr-only">Edit</span>
              </Th>
            </>
          }
        >
          {data.items.map((app) => (
            <Tr key={app.id}>
              <Td>{kindWords[app.kind]}</Td>
              <Td className="font-medium" title={app.name}>
                {app.name}
              </Td>
              <Td className="text-fg-2">{app.publisherName}</Td>
              <Td className="font-mono text-sm">{app.bundle ?? app.domain ?? ''}</Td>
              <Td wideOnly>{[app.network, app.channelName].filter(Boolean).join(', ')}</Td>
              <Td wideOnly>{app.categories.join(', ')}</Td>
              <Td>
                {mayWrite && (
                  <IconButton
                    icon={Pencil}
                    size="sm"
                    label={`Edit ${app.name}`}
                    onClick={() => setOpen(app)}
                  />
                )}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
      {open && (
        <AppDrawer
          key={open === 'new' ? 'new' : open.id}
          app={open === 'new' ? null : open}
          publishers={publishers}
          publisherId={publisherId}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

function AppDrawer({
  app,
  publishers,
  publisherId: given,
  onClose,
}: {
  app: App | null;
  publishers: readonly Publisher[];
  publisherId: string | undefined;
  onClose: () => void;
}) {
  const [publisherId, setPublisherId] = useState(app?.publisherId ?? given ?? publishers[0]?.id ?? '');
  const [kind, setKind] = useState<App['kind']>(app?.kind ?? 'app');
  const [texts, setTexts] = useState({
    name: app?.name ?? '',
    bundle: app?.bundle ?? '',
    domain: app?.domain ?? '',
    storeUrl: app?.storeUrl ?? '',
    network: app?.network ?? '',
    channelName: app?.channelName ?? '',
    categories: app?.categories.join(', ') ?? '',
  });
  const create = useChange(createApp, onClose);
  const update = useChange(updateApp, onClose);
  const error = create.error ?? update.error;
  const fields: readonly (readonly [keyof typeof texts, string, string])[] = [
    ['name', 'Name', ''],
    ['bundle', 'Bundle or store id', 'As requests say it, such as com.example.tv'],
    ['domain', 'Domain', ''],
    ['storeUrl', 'Address in the store', ''],
    ['network', 'Network', ''],
    ['channelName', 'Channel', ''],
    ['categories', 'Categories', 'IAB ids, separated by commas'],
  ];
  const submit = () => {
    const given = (text: string) => (text.trim() === '' ? null : text.trim());
    const input = {
      name: texts.name.trim(),
      kind,
      bundle: given(texts.bundle),
      domain: given(texts.domain),
      storeUrl: given(texts.storeUrl),
      network: given(texts.network),
      channelName: given(texts.channelName),
      categories: readValues(texts.categories),
    };
    if (app) update.mutate({ input: { appId: app.id, ...input }, options: { ifMatch: app.version } });
    else create.mutate({ input: { publisherId, ...input } });
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title={app?.name ?? 'New app, site or channel'}
      foot={
        <>
          <Button
            look="primary"
            type="submit"
            form="app"
            busy={create.isPending || update.isPending}
            disabled={texts.name.trim() === ''}
          >
            {app ? 'Save' : 'Create'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form
        id="app"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <Field label="Publisher" error={fieldError(error, 'publisherId')}>
            <Select
              value={publisherId}
              disabled={app !== null}
              onChange={(event) => setPublisherId(event.target.value)}
            >
              {publishers.map((publisher) => (
                <option key={publisher.id} value={publisher.id}>
                  {publisher.name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Kind" error={fieldError(error, 'kind')}>
            <Select
              value={kind}
              onChange={(event) => {
                const next = event.target.value;
                if (next in kindWords) setKind(next as App['kind']);
              }}
            >
              {Object.entries(kindWords).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {fields.map(([field, label, hint]) => (
          <Field key={field} label={label} hint={hint || undefined} error={fieldError(error, field)}>
            <Input
              required={field === 'name'}
              value={texts[field]}
              onChange={(event) => setTexts({ ...texts, [field]: event.target.value })}
            />
          </Field>
        ))}
        {error && <Problem error={error} />}
      </form>
    </Drawer>
  );
}
