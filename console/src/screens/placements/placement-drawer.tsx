import {
  archivePlacement,
  createPlacement,
  listApps,
  listPublishers,
  type Placement,
  updatePlacement,
} from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { Field, Select } from '../../design/field.tsx';
import { TextField } from '../../design/text-field.tsx';
import { useToast } from '../../design/toast.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { changedFields } from '../../draft.ts';
import { fieldError, Problem } from '../../problem.tsx';
import { ArchiveDialog } from './archive-dialog.tsx';
import { FloorsEditor } from './floors-editor.tsx';
import { Check, Part } from './form-parts.tsx';
import { MediaEditor } from './media-editor.tsx';
import { type PlacementDraft, placementDraft, readPlacement } from './placement-draft.ts';
import { PodEditor } from './pod-editor.tsx';
import { TagList } from './tag-list.tsx';
import { positionWords, separationScopeWords, statusWords } from './words.ts';

/** Lists that say whose ads may stand here: field, label, hint, example. */
const WHO_MAY_APPEAR = [
  ['blockedCategories', 'Blocked categories', 'IAB ids, separated by commas', 'IAB7-39, IAB14'],
  ['allowedCategories', 'Only these categories', 'Empty: all that are not blocked', undefined],
  ['blockedDomains', 'Blocked advertisers', 'Domains', undefined],
  ['blockedBrands', 'Blocked brands', 'Their ids, separated by commas', undefined],
  ['blockedMedia', 'Blocked media files', 'SHA-256, as in the address of the file', undefined],
] as const;

/** A placement: its tags, and the rules under which ads appear in it. */
export function PlacementDrawer({
  placement,
  mayWrite,
  onClose,
  onMade,
}: {
  placement: Placement | null;
  mayWrite: boolean;
  onClose: () => void;
  onMade: (placement: Placement) => void;
}) {
  const [seen] = useState(placement);
  const publishers = useRead(listPublishers, { limit: 200 });
  const [draft, setDraft] = useState(() => placementDraft(seen, ''));
  const publisherId = draft.publisherId || (publishers.data?.items[0]?.id ?? '');
  const apps = useRead(listApps, { publisherId, limit: 200 }, { enabled: publisherId !== '' });
  const toast = useToast();
  const create = useChange(createPlacement, (made) => {
    toast({ text: `${made.name} is there; its tags are ready` });
    onMade(made);
  });
  const update = useChange(updatePlacement, (after) => {
    toast({ text: `${after.name} is saved; serving follows at once` });
    onClose();
  });
  const archive = useChange(archivePlacement, (gone) => {
    toast({ text: `${gone.name} is archived` });
    onClose();
  });
  const error = create.error ?? update.error ?? archive.error;
  const { input, problems } = readPlacement(draft);
  const [tried, setTried] = useState(false);
  const [archiving, setArchiving] = useState(false);
  const problem = (field: string, remote?: string) =>
    // A new form is not red before it is filled in.
    (tried || seen ? problems.find((one) => one.field === field)?.message : undefined) ??
    (remote ? fieldError(error, remote) : undefined);
  const set = (change: Partial<PlacementDraft>) => setDraft((before) => ({ ...before, ...change }));
  const submit = () => {
    setTried(true);
    if (problems.length > 0) return;
    if (!seen) return create.mutate({ input: { ...input, name: input.name ?? '', publisherId } });
    const changed = changedFields(input, seen);
    if (Object.keys(changed).length === 0) return onClose();
    update.mutate({ input: { placementId: seen.id, ...changed }, options: { ifMatch: seen.version } });
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title={seen ? seen.name : 'New placement'}
      foot={
        mayWrite && (
          <>
            <Button
              look="primary"
              type="submit"
              form="placement"
              busy={create.isPending || update.isPending}
              disabled={!seen && publisherId === ''}
            >
              {seen ? 'Save' : 'Create placement'}
            </Button>
            <Button look="quiet" onClick={onClose}>
              Cancel
            </Button>
            {seen && !seen.isDefault && (
              <Button
                look="danger"
                className="ml-auto"
                busy={archive.isPending}
                onClick={() => setArchiving(true)}
              >
                Archive
              </Button>
            )}
          </>
        )
      }
    >
      {seen && (
        <>
          <TagList placement={seen} />
          <p className="mb-4 text-sm">
            <Link
              to="/why"
              search={{
                tab: 'preview',
                placement: seen.key,
                ...(seen.pod ? { maxAds: seen.pod.maxAds } : {}),
              }}
              className="link"
            >
              Preview what it would show now
            </Link>
          </p>
        </>
      )}
      <form
        id="placement"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <fieldset disabled={!mayWrite} className="flex min-w-0 flex-col gap-3">
          <legend className="sr-only">Rules of the placement</legend>
          <TextField
            label="Name"
            error={problem('name', 'name')}
            value={draft.name}
            maxLength={120}
            onChange={(name) => set({ name })}
          />
          <div className="grid grid-cols-2 gap-3">
            <Field
              label="Publisher"
              error={fieldError(error, 'publisherId')}
              hint={!seen && publisherId === '' ? 'Add a publisher first' : undefined}
            >
              <Select
                value={publisherId}
                disabled={seen !== null}
                onChange={(event) => set({ publisherId: event.target.value, appId: '' })}
              >
                {publishers.data?.items.map((publisher) => (
                  <option key={publisher.id} value={publisher.id}>
                    {publisher.name}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="App, site or channel" error={fieldError(error, 'appId')}>
              <Select value={draft.appId} onChange={(event) => set({ appId: event.target.value })}>
                <option value="">None</option>
                {apps.data?.items.map((app) => (
                  <option key={app.id} value={app.id}>
                    {app.name}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Position" error={fieldError(error, 'position')}>
              <WordSelect
                value={draft.position}
                words={positionWords}
                onChange={(position) => set({ position })}
              />
            </Field>
            <Field label="Status" error={fieldError(error, 'status')}>
              <WordSelect value={draft.status} words={statusWords} onChange={(status) => set({ status })} />
            </Field>
          </div>
          <Check
            label="Requests without a placement go here"
            checked={draft.isDefault}
            disabled={seen?.isDefault ?? false}
            onChange={(isDefault) => set({ isDefault })}
          >
            {seen?.isDefault && 'Make another placement the default to change it.'}
          </Check>
          <Part title="Lengths of an ad">
            <div className="grid grid-cols-2 gap-3">
              <TextField
                label="Shortest"
                error={problem('min', 'minDurationMs')}
                unit="s"
                value={draft.min}
                onChange={(min) => set({ min })}
              />
              <TextField
                label="Longest"
                error={problem('max', 'maxDurationMs')}
                unit="s"
                value={draft.max}
                onChange={(max) => set({ max })}
              />
            </div>
            <TextField
              label="Only these lengths"
              hint="Seconds, separated by commas; empty: any between the two"
              error={problem('exact', 'exactDurationsMs')}
              value={draft.exact}
              placeholder="15, 30"
              onChange={(exact) => set({ exact })}
            />
          </Part>
          <PodEditor pod={draft.pod} problem={problem} remote={error} onChange={(pod) => set({ pod })} />
          <FloorsEditor draft={draft} problem={problem} onChange={set} />
          <MediaEditor draft={draft} problem={problem} onChange={set} />
          <Part title="Who may appear">
            {WHO_MAY_APPEAR.map(([field, label, hint, placeholder]) => (
              <TextField
                key={field}
                label={label}
                hint={hint}
                error={fieldError(error, field)}
                value={draft[field]}
                {...(placeholder ? { placeholder } : {})}
                onChange={(value) => set({ [field]: value })}
              />
            ))}
            <Field label="Competitors are kept apart in" error={fieldError(error, 'separationScope')}>
              <WordSelect
                value={draft.separationScope}
                words={separationScopeWords}
                onChange={(separationScope) => set({ separationScope })}
              />
            </Field>
            <TextField
              label="Spec pack a creative must have passed"
              hint="Its id; empty: none"
              error={fieldError(error, 'clearance')}
              value={draft.clearance}
              onChange={(clearance) => set({ clearance })}
            />
            <TextField
              label="Hosts that mean this placement"
              hint="Names without port, separated by commas"
              error={fieldError(error, 'hosts')}
              value={draft.hosts}
              onChange={(hosts) => set({ hosts })}
            />
          </Part>
          {tried && problems.length > 0 && (
            <p role="alert" className="text-sm text-block">
              {problems[0]?.message}
            </p>
          )}
          {error && <Problem error={error} />}
        </fieldset>
      </form>
      {seen && archiving && (
        <ArchiveDialog
          placement={seen}
          onClose={() => setArchiving(false)}
          onArchive={() => {
            setArchiving(false);
            archive.mutate({ input: { placementId: seen.id } });
          }}
        />
      )}
    </Drawer>
  );
}
