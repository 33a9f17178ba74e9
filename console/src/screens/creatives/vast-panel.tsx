import { type Creative, getVastTag, type InputOf, setVendors, type Vendor } from '@cuepoint/contract';
import { Check, Copy, FileCode } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Checkbox } from '../../design/choice.tsx';
import { Select } from '../../design/field.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { Note } from '../../design/note.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { useCopy } from '../../design/use-copy.ts';
import { Problem, ReadFailed } from '../../problem.tsx';
import { xmlParts } from './xml-parts.ts';

type Version = NonNullable<InputOf<typeof getVastTag>['vastVersion']>;
const versions: readonly Version[] = ['4.2', '4.1', '4.0', '3.0', '2.0'];
const vendorNames: readonly (readonly [Vendor, string])[] = [
  ['ias', 'IAS'],
  ['doubleverify', 'DoubleVerify'],
];
const partClass = {
  tag: 'text-info',
  attribute: 'text-fg-2',
  value: 'text-ok',
  text: 'text-fg',
  comment: 'text-fg-3',
};

/** The tag as a player gets it, linted, in the version that is asked for. */
export function VastPanel({ creative, mayWrite }: { creative: Creative; mayWrite: boolean }) {
  const [vastVersion, setVersion] = useState<Version>('4.2');
  const ready = creative.status === 'active' || creative.status === 'inactive';
  const tag = useRead(getVastTag, { creativeId: creative.id, vastVersion }, { enabled: ready, keep: true });
  const { copied, copy } = useCopy();
  const vendors = useChange(setVendors);
  const data = tag.data;
  const told = data?.findings.filter((finding) => finding.severity !== 'info') ?? [];
  const notes = data?.findings.filter((finding) => finding.severity === 'info') ?? [];
  const blocks = data?.findings.filter((finding) => finding.severity === 'block').length ?? 0;
  const choose = (vendor: Vendor, on: boolean) =>
    vendors.mutate({
      input: {
        creativeId: creative.id,
        vendors: on ? [...creative.vendors, vendor] : creative.vendors.filter((known) => known !== vendor),
      },
      options: { ifMatch: creative.version },
    });
  return (
    <Panel
      title="VAST tag"
      meta={
        data &&
        (blocks > 0 ? (
          <Status word="Blocked" as={`${blocks} block`} />
        ) : data.findings.some((finding) => finding.severity === 'warn') ? (
          <Status word="Warning" as="lint warns" />
        ) : (
          <Status word="Passed" as="lint clean" />
        ))
      }
      action={
        <>
          {mayWrite &&
            vendorNames.map(([vendor, name]) => (
              <span key={vendor} className="flex items-center gap-1 text-sm max-wide:hidden">
                <Checkbox
                  checked={creative.vendors.includes(vendor)}
                  disabled={vendors.isPending}
                  onChange={(on) => choose(vendor, on)}
                  label={`Measurement by ${name}`}
                />
                <span aria-hidden="true">{name}</span>
              </span>
            ))}
          <Select
            aria-label="VAST version"
            className="w-26"
            value={vastVersion}
            onChange={(event) =>
              setVersion(versions.find((version) => version === event.target.value) ?? '4.2')
            }
          >
            {versions.map((version) => (
              <option key={version} value={version}>
                VAST {version}
              </option>
            ))}
          </Select>
          <Button
            size="sm"
            icon={copied ? Check : Copy}
            disabled={!data}
            onClick={() => data && copy(data.xml)}
          >
            {copied ? 'Copied' : 'Copy XML'}
          </Button>
        </>
      }
    >
      {!ready ? (
        <EmptyState icon={FileCode} title="No tag yet">
          It is made as soon as the file is measured.
        </EmptyState>
      ) : tag.error && !data ? (
        tag.error.status === 404 || tag.error.status >= 500 || tag.error.status === 0 ? (
          <ReadFailed what="The tag" error={tag.error} onRetry={() => void tag.refetch()} />
        ) : (
          <div className="p-3">
            <Problem error={tag.error} />
          </div>
        )
      ) : !data ? (
        <Skeleton rows={5} />
      ) : (
        <div className="flex flex-col gap-2 p-3">
          {vendors.error && <Problem error={vendors.error} />}
          <div className="flex min-w-0 items-center gap-2 text-sm">
            <span className="whitespace-nowrap text-fg-3">Tag URL</span>
            <span className="min-w-0 flex-1">
              <IdChip id={data.tagUrl} what="tag URL" />
            </span>
          </div>
          {data.warnings.map((warning) => (
            <Note key={warning} tone="warn" className="text-sm">
              {warning}
            </Note>
          ))}
          {data.dropped.length > 0 && (
            <Note tone="info" title={`Left out in VAST ${data.vastVersion}.`} className="text-sm">
              {data.dropped.join(', ')}
            </Note>
          )}
          {told.map((finding) => (
            <Note
              key={`${finding.rule} ${finding.path}`}
              tone={finding.severity}
              title={finding.rule}
              className="text-sm"
            >
              {finding.message} <span className="font-mono text-fg-3">{finding.path}</span> {finding.remedy}
            </Note>
          ))}
          {notes.length > 0 && (
            <details className="text-sm">
              <summary className="min-h-6 rounded-md text-fg-2">
                {notes.length} {notes.length === 1 ? 'note' : 'notes'} of the lint
              </summary>
              <ul className="mt-1 list-disc pl-5 text-fg-2">
                {notes.map((note) => (
                  <li key={`${note.rule} ${note.path}`}>
                    {note.message} <span className="font-mono text-fg-3">{note.path}</span> {note.remedy}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            className="max-h-80 overflow-auto rounded-md border border-line bg-sunken px-3 py-2 text-sm leading-4.5"
          >
            <code>
              {xmlParts(data.xml).map((part, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text in order
                <span key={at} className={partClass[part.kind]}>
                  {part.text}
                </span>
              ))}
            </code>
          </pre>
        </div>
      )}
    </Panel>
  );
}
