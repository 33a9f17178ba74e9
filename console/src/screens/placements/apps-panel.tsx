import { type App, createApp, listApps, type Publisher, updateApp } from '@cuepoint/contract';
import { Tv } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { readValues } from '../../delivery-words.ts';
import { Field, Input, Select } from '../../design/field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { ObjectsPanel } from './objects-panel.tsx';

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
  return (
    <ObjectsPanel
      title="Apps, sites and channels"
      what="Apps"
      kind="App"
      read={apps}
      mayWrite={mayWrite}
      mayAdd={publishers.length > 0}
      noMatch={search || publisherId ? 'No app matches' : null}
      empty={{
        icon: Tv,
        title: 'No apps yet',
        hint:
          publishers.length === 0
            ? 'Add a publisher first; an app belongs to one.'
            : 'An app, a site or a channel tells line items where a request comes from.',
      }}
      columns={[
        { head: 'Kind', width: 90, cell: (app) => kindWords[app.kind] },
        {
          head: 'Name',
          width: null,
          className: 'font-medium',
          title: (app) => app.name,
          cell: (app) => app.name,
        },
        { head: 'Publisher', width: 190, className: 'text-fg-2', cell: (app) => app.publisherName },
        {
          head: 'Bundle or domain',
          width: 240,
          className: 'font-mono text-sm',
          cell: (app) => app.bundle ?? app.domain ?? '',
        },
        {
          head: 'Network',
          width: 160,
          wideOnly: true,
          cell: (app) => [app.network, app.channelName].filter(Boolean).join(', '),
        },
        { head: 'Categories', width: 160, wideOnly: true, cell: (app) => app.categories.join(', ') },
      ]}
    >
      {(app, onClose) => (
        <AppDrawer app={app} publishers={publishers} publisherId={publisherId} onClose={onClose} />
      )}
    </ObjectsPanel>
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
    storeId: app?.storeId ?? '',
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
    ['storeUrl', 'Address in the store', 'https; trackers that ask for it are told'],
    ['storeId', 'Id in the store', 'Such as 886445756'],
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
      storeId: given(texts.storeId),
      network: given(texts.network),
      channelName: given(texts.channelName),
      categories: readValues(texts.categories),
    };
    if (app) update.mutate({ input: { appId: app.id, ...input }, options: { ifMatch: app.version } });
    else create.mutate({ input: { publisherId, ...input } });
  };
  return (
    <FormDrawer
      title={app?.name ?? 'New app, site or channel'}
      save={app ? 'Save' : 'Create'}
      busy={create.isPending || update.isPending}
      disabled={texts.name.trim() === ''}
      error={error}
      onSubmit={submit}
      onClose={onClose}
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
          <WordSelect value={kind} words={kindWords} onChange={setKind} />
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
    </FormDrawer>
  );
}
