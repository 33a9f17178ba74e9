import type { OutputOf, previewName } from '@cuepoint/contract';
import type { ApiError } from '../../api.ts';
import { Note } from '../../design/note.tsx';
import { Facts, Panel } from '../../design/panel.tsx';
import { Status } from '../../design/status.tsx';

/** The generated name, part by part, while the form is filled in. */
export function NamePreview({
  preview,
  error,
  pending,
}: {
  preview: OutputOf<typeof previewName> | undefined;
  error: ApiError | null;
  pending: boolean;
}) {
  return (
    <Panel
      title="Generated name"
      action={
        preview &&
        !pending && (
          <Status word={preview.taken ? 'Blocked' : 'Ready'} as={preview.taken ? 'Taken' : 'Free'} />
        )
      }
      bodyClassName="p-3"
    >
      <div aria-live="polite">
        {error ? (
          <Note tone="block" title={`${error.problem?.title ?? 'The name could not be checked'}.`}>
            {error.problem?.detail ?? 'The server did not answer.'}
          </Note>
        ) : preview ? (
          <>
            <p className="text-lg font-strong break-words font-stretch-[89%]">{preview.name}</p>
            {preview.taken && (
              <Note tone="warn" title="A campaign of this name exists." className="mt-2">
                Choose another label.
              </Note>
            )}
            <Facts
              className="mt-3"
              items={preview.parts.map(
                (part) => [part.dimension, <span key={part.dimension}>{part.value}</span>] as const,
              )}
            />
            <p className="mt-2 font-mono text-sm break-all text-fg-3">{preview.pattern}</p>
          </>
        ) : (
          <p className="text-fg-2">
            Choose a brand, a market and a channel and give a label; the name appears here.
          </p>
        )}
      </div>
    </Panel>
  );
}
