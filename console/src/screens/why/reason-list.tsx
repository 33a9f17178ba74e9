import type { ExplainedReason } from '@cuepoint/contract';
import { reasonSentence } from '../../delivery-words.ts';

/** Every rule that stands in the way, not only the first. */
export function ReasonList({ reasons }: { reasons: readonly ExplainedReason[] }) {
  if (reasons.length === 0) return <p className="text-sm text-fg-2">No rule stands in the way.</p>;
  return (
    <ul aria-label="All reasons" className="border-t border-line">
      {reasons.map((reason) => (
        <li
          key={`${reason.reason} ${reason.required}`}
          className="border-b border-line py-1.5 text-sm last:border-0"
        >
          <code className="text-block">{reason.reason}</code>{' '}
          <span className="text-fg-2">{reasonSentence(reason.reason)}</span>
          <dl className="mt-0.5 grid grid-cols-[60px_minmax(0,1fr)] gap-x-2">
            <dt className="text-fg-3">Required</dt>
            <dd className="break-words">{reason.required}</dd>
            <dt className="text-fg-3">Actual</dt>
            <dd className="break-words">{reason.actual}</dd>
          </dl>
        </li>
      ))}
    </ul>
  );
}
