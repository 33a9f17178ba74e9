import type { Explanation, Focus, SmallestEdit } from '@cuepoint/contract';
import { getProfile, operations } from '@cuepoint/contract';
import { CircleCheck, CirclePlay, TriangleAlert, Wand2 } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { cx } from '../../design/cx.ts';
import { DateTime } from '../../design/date-time.tsx';
import { Icon } from '../../design/icon.tsx';
import { Note } from '../../design/note.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { ApplyDialog } from './apply-dialog.tsx';
import { Diff } from './diff.tsx';
import { ReasonList } from './reason-list.tsx';
import type { WhySearch } from './search.ts';
import { nowWords, unreadWords } from './unread-words.ts';

/** The least that would have made the line item in focus serve, tried before it is offered. */
export function FixPanel({
  explanation,
  onFocus,
  onPreview,
  className,
}: {
  explanation: Explanation;
  onFocus: (lineItemId: string) => void;
  onPreview: (search: WhySearch) => void;
  className?: string;
}) {
  const { focus } = explanation;
  const edits = focus?.edits.length ?? 0;
  // As it was when the dialog opened: the explanation may be read again meanwhile, and then has nothing left to fix.
  const [applying, setApplying] = useState<{ focus: Focus; request: Explanation['request'] } | null>(null);
  return (
    <Panel
      title="Smallest fix"
      className={className ?? ''}
      bodyClassName="p-3"
      action={
        focus &&
        !focus.served &&
        edits > 0 && (
          <span
            className={cx(
              'flex items-center gap-1.25 text-sm font-medium',
              focus.editsVerified ? 'text-ok' : 'text-warn',
            )}
          >
            <Icon of={focus.editsVerified ? CircleCheck : TriangleAlert} size="small" />
            {focus.editsVerified
              ? `${edits} ${edits === 1 ? 'edit is' : 'edits are'} enough`
              : 'not verified'}
          </span>
        )
      }
    >
      {!focus ? (
        <Choose explanation={explanation} onFocus={onFocus} />
      ) : focus.served ? (
        <EmptyState icon={CirclePlay} title="Nothing to fix">
          {focus.lineItemName} served; {focus.rulesHeld} of {focus.rulesAsked} rules held.
        </EmptyState>
      ) : (
        <Fix focus={focus} onApply={() => setApplying({ focus, request: explanation.request })} />
      )}
      {applying && <ApplyDialog {...applying} onPreview={onPreview} onClose={() => setApplying(null)} />}
    </Panel>
  );
}

/** Without a line item there is nothing to fix: the nearest to serving are offered. */
function Choose({
  explanation,
  onFocus,
}: {
  explanation: Explanation;
  onFocus: (lineItemId: string) => void;
}) {
  if (explanation.excluded.length === 0) {
    return (
      <EmptyState title="Nothing was excluded">
        {explanation.candidates === 0
          ? 'No line item was a candidate for this request.'
          : 'Every candidate was served.'}
      </EmptyState>
    );
  }
  // The further down the funnel a line item came, the nearer it was; among equals the better rank stays first.
  const depth = new Map(explanation.funnel.map(({ step }, at) => [step, at]));
  const nearest = [...explanation.excluded]
    .sort((left, right) => (depth.get(right.step) ?? 0) - (depth.get(left.step) ?? 0))
    .slice(0, 8);
  return (
    <>
      <p className="mb-2 text-fg-2">Choose the line item that should have served. Nearest to serving:</p>
      <ul className="flex flex-col">
        {nearest.map((row) => (
          <li key={row.lineItemId}>
            <button
              type="button"
              onClick={() => onFocus(row.lineItemId)}
              className="w-full rounded-md border-b border-line px-1 py-1 text-left hover:bg-hover"
            >
              <span className="block truncate font-medium">{row.lineItemName}</span>
              <span className="block truncate text-sm text-fg-3">{reasonSentence(row.reason)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Fix({ focus, onApply }: { focus: Focus; onApply: () => void }) {
  const profile = useRead(getProfile, {});
  const [whatElse, setWhatElse] = useState(focus.edits.length === 0);
  const elsewhere = focus.edits.filter((edit) => edit.operation === null);
  const missing = focus.edits
    .map((edit) => operations.find((operation) => operation.id === edit.operation?.id)?.permission)
    .find(
      (permission) =>
        permission !== undefined &&
        permission !== 'member' &&
        permission !== 'public' &&
        !profile.data?.permissions.includes(permission),
    );
  const blocked =
    elsewhere.length > 0
      ? 'A person must act elsewhere first, as said above.'
      : profile.data && missing
        ? `Your role lacks the permission ${missing}.`
        : null;
  return (
    <div className="flex flex-col gap-2.5">
      {focus.edits.map((edit) => (
        <Edit key={`${edit.field} ${edit.sentence}`} edit={edit} />
      ))}
      {focus.edits.length > 0 && (
        <p className={cx('text-sm', focus.editsVerified ? 'text-fg-2' : 'text-warn')}>
          {focus.editsVerified
            ? focus.unread.length === 0
              ? 'Verified: applied to a copy and decided again, it served.'
              : `Verified provided that ${unreadWords(focus.unread)} allowed it: applied to a copy and decided again, it served.`
            : 'Not verified: decided again with it, the line item did not serve yet.'}
        </p>
      )}
      {focus.unread.length > 0 && <Unread focus={focus} />}
      {focus.noEdit && (
        <Note tone="warn" title="No edit is offered.">
          {focus.noEdit}
        </Note>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {focus.edits.length > 0 && (
          <Button look="primary" icon={Wand2} disabled={blocked !== null || !profile.data} onClick={onApply}>
            {focus.edits.length === 1 ? 'Apply edit' : `Apply ${focus.edits.length} edits`}
          </Button>
        )}
        <Button aria-expanded={whatElse} onClick={() => setWhatElse((shown) => !shown)}>
          What else
        </Button>
      </div>
      {focus.edits.length > 0 && blocked && <p className="text-sm text-fg-3">{blocked}</p>}
      {whatElse && <ReasonList reasons={focus.reasons} />}
    </div>
  );
}

/** What neither the reasons nor the edit know, and how it stands now. */
function Unread({ focus: { unread, countersNow } }: { focus: Focus }) {
  return (
    <Note tone="info" title="Not read then.">
      The decision did not read {unreadWords(unread)} of this line item; taken as without limit.
      {countersNow && (
        <span className="block">
          As of now, <DateTime at={countersNow.at} />: {nowWords(countersNow)}.
        </span>
      )}
    </Note>
  );
}

function Edit({ edit }: { edit: SmallestEdit }) {
  return (
    <div className="flex flex-col gap-1.5">
      <h3>{edit.sentence}</h3>
      <Diff edit={edit} />
      {edit.operation === null && (
        <p className="text-sm text-fg-2">No operation makes this change: a person acts on it elsewhere.</p>
      )}
    </div>
  );
}
