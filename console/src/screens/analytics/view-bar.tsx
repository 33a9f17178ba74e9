import {
  archiveReportView,
  createReportView,
  listReportViews,
  type ReportView,
  updateReportView,
} from '@cuepoint/contract';
import { Archive, Bookmark, Copy, Lock, Pencil, Save, Share2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type ApiError, useChange, useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Select } from '../../design/field.tsx';
import { Menu, type MenuItem } from '../../design/menu.tsx';
import { TextField } from '../../design/text-field.tsx';
import { useToast } from '../../design/toast.tsx';
import { fieldError, Problem } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import type { AnalyticsSearch } from './search.ts';
import { definitionOfSearch, isChanged, rowsOf, searchOfView } from './view-search.ts';

/** Saved views: which one this is, and what can be done with it. */
export function ViewBar({
  search,
  view,
  zone,
  today,
  mayWrite,
  onGo,
}: {
  search: AnalyticsSearch;
  view: ReportView | undefined;
  zone: string;
  today: string;
  mayWrite: boolean;
  onGo: (search: AnalyticsSearch) => void;
}) {
  const toast = useToast();
  const [naming, setNaming] = useState<'new' | 'rename' | null>(null);
  const views = useRead(listReportViews, { limit: 200 });
  const items = views.data?.items ?? [];
  const shown = view && !items.some(({ id }) => id === view.id) ? [view, ...items] : items;
  const changed = view !== undefined && isChanged(search, view);
  const save = useChange(updateReportView, (saved) => {
    toast({ text: `${saved.name} is saved.` });
    onGo(searchOfView(saved));
  });
  const archive = useChange(archiveReportView, (saved) => {
    toast({ text: `${saved.name} is archived.` });
    const { view: _, ...rest } = search;
    onGo(rest);
  });
  const copyAddress = () => {
    const address = `${location.origin}/analytics?view=${view!.id}`;
    void navigator.clipboard.writeText(address).then(
      () => toast({ text: 'The address of the view is copied.' }),
      () => toast({ tone: 'block', text: `The browser let nothing be copied. The address is ${address}` }),
    );
  };
  const change = (input: Parameters<typeof save.mutate>[0]['input']) =>
    save.mutate({ input, options: { ifMatch: view!.version } });
  const isPrivate = view?.visibility === 'private';
  const groups: MenuItem[][] = [
    [
      ...(view && mayWrite && !view.archived && changed
        ? [
            {
              label: 'Save changes',
              icon: Save,
              onSelect: () =>
                change({ reportViewId: view.id, ...definitionOfSearch(search, zone, today, view) }),
            },
          ]
        : []),
      ...(mayWrite ? [{ label: 'Save as…', icon: Bookmark, onSelect: () => setNaming('new') }] : []),
      ...(view && mayWrite && !view.archived
        ? [{ label: 'Rename…', icon: Pencil, onSelect: () => setNaming('rename') }]
        : []),
    ],
    view
      ? [
          { label: 'Copy address', icon: Copy, onSelect: copyAddress },
          ...(mayWrite && !view.archived
            ? [
                {
                  label: isPrivate ? 'Share with the account' : 'Make private',
                  icon: isPrivate ? Share2 : Lock,
                  onSelect: () =>
                    change({ reportViewId: view.id, visibility: isPrivate ? 'account' : 'private' }),
                },
                {
                  label: 'Archive',
                  icon: Archive,
                  onSelect: () => archive.mutate({ input: { reportViewId: view.id } }),
                },
              ]
            : []),
        ]
      : [],
  ].filter((items) => items.length > 0);
  const failed: ApiError | null = save.error ?? archive.error;
  return (
    <>
      <Select
        aria-label="Saved view"
        className="w-48"
        value={view?.id ?? ''}
        onChange={(event) => {
          const chosen = shown.find(({ id }) => id === event.target.value);
          const { view: _, ...rest } = search;
          onGo(chosen ? searchOfView(chosen) : rest);
        }}
      >
        <option value="">No saved view</option>
        {shown.map(({ id, name, visibility }) => (
          <option key={id} value={id}>
            {visibility === 'private' ? `${name} (private)` : name}
          </option>
        ))}
      </Select>
      {changed && <span className="meta text-fg-3">changed</span>}
      {groups.length > 0 && (
        <Menu
          label="Saved view"
          trigger={
            <Button icon={Bookmark} busy={save.isPending || archive.isPending}>
              View
            </Button>
          }
          groups={groups}
        />
      )}
      {failed && <Problem error={failed} className="basis-full" />}
      {naming && (
        <NameDrawer
          view={naming === 'rename' ? view : undefined}
          definition={definitionOfSearch(search, zone, today, view)}
          onClose={() => setNaming(null)}
          onDone={(saved) => {
            setNaming(null);
            toast({ text: `${saved.name} is saved.` });
            onGo(naming === 'rename' ? search : searchOfView(saved));
          }}
        />
      )}
    </>
  );
}

function NameDrawer({
  view,
  definition,
  onClose,
  onDone,
}: {
  /** The one to rename; a new one without. */
  view: ReportView | undefined;
  definition: ReturnType<typeof definitionOfSearch>;
  onClose: () => void;
  onDone: (view: ReportView) => void;
}) {
  const [name, setName] = useState(view?.name ?? '');
  const [visibility, setVisibility] = useState<ReportView['visibility']>('private');
  const create = useChange(createReportView, onDone);
  const update = useChange(updateReportView, onDone);
  const error = create.error ?? update.error;
  const submit = () => {
    if (view)
      update.mutate({
        input: { reportViewId: view.id, name: name.trim() },
        options: { ifMatch: view.version },
      });
    else create.mutate({ input: { ...definition, name: name.trim(), visibility } });
  };
  return (
    <FormDrawer
      title={view ? 'Rename the view' : 'Save as a view'}
      save={view ? 'Rename' : 'Save view'}
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
      {!view && (
        <Select
          aria-label="Who sees it"
          value={visibility}
          onChange={(event) => setVisibility(event.target.value as ReportView['visibility'])}
        >
          <option value="private">Private: you and administrators</option>
          <option value="account">Shared: everybody of the account</option>
        </Select>
      )}
    </FormDrawer>
  );
}

/** Goes from an address that names a view alone to all that the view says. */
export function useViewOfAddress(
  search: AnalyticsSearch,
  view: ReportView | undefined,
  onGo: (search: AnalyticsSearch) => void,
): void {
  const isBare = search.view !== undefined && Object.keys(search).length === 1;
  useEffect(() => {
    if (isBare && view) onGo(searchOfView(view));
  });
}

/** What a view says that the screen does not show; nothing where it shows all of it. */
export function hiddenPart(view: ReportView): string | null {
  const rows = rowsOf(view);
  const time = view.dimensions.find((one) => one === 'week' || one === 'month');
  const parts = [
    ...(rows.length > 1 ? [`rows by ${rows.slice(1).join(', ').replaceAll('_', ' ')} as well`] : []),
    ...(rows.length === 0 ? ['time alone'] : []),
    ...(time ? [`time by ${time}`] : []),
  ];
  return parts.length === 0 ? null : `Files of this view have ${parts.join(' and ')}.`;
}
