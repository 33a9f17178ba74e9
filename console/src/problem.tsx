import type { ApiError } from './api.ts';
import { cx } from './design/cx.ts';
import { IdChip } from './design/id-chip.tsx';
import { Note } from './design/note.tsx';
import { ErrorState } from './design/states.tsx';

/** What was refused beside the control that asked: cause, remedy, request id. */
export function Problem({ error, className }: { error: ApiError; className?: string }) {
  const problem = error.problem;
  return (
    <Note
      tone="block"
      live
      title={`${problem?.title ?? 'The request did not arrive'}.`}
      className={cx('text-sm', className)}
    >
      {problem
        ? `${problem.detail} ${problem.remedy ?? ''}`
        : 'The server did not answer. Ads are served meanwhile; try again.'}
      {problem?.requestId && (
        <span className="mt-1 block">
          <IdChip id={problem.requestId} what="request id" />
        </span>
      )}
    </Note>
  );
}

/** A panel whose read failed. */
export function ReadFailed({
  what,
  error,
  onRetry,
}: {
  what: string;
  error: ApiError;
  onRetry?: () => void;
}) {
  const problem = error.problem;
  return (
    <ErrorState
      title={problem?.status === 404 ? problem.title : `${what} did not load`}
      requestId={problem?.requestId}
      onRetry={problem?.status === 404 ? undefined : onRetry}
    >
      {problem
        ? `${problem.detail} ${problem.remedy ?? ''}`
        : 'The server did not answer. Serving of ads is not affected. Try again, or run cuepoint doctor.'}
    </ErrorState>
  );
}

/** The message for one field of the input, where the problem names it or something in it. */
export function fieldError(error: ApiError | null, field: string): string | undefined {
  const fields = error?.problem?.fields ?? [];
  const entry =
    fields.find((candidate) => candidate.field === field) ??
    fields.find(
      (candidate) => candidate.field.startsWith(`${field}[`) || candidate.field.startsWith(`${field}.`),
    );
  if (!entry) return undefined;
  return entry.accepted ? `${entry.message}; accepted: ${entry.accepted}` : entry.message;
}
