import type { Explanation, FunnelStep } from '@cuepoint/contract';
import { Check, Link2 } from 'lucide-react';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../../design/button.tsx';
import { cx } from '../../design/cx.ts';
import { count } from '../../design/format/number.ts';
import { Note } from '../../design/note.tsx';
import { useCopy } from '../../design/use-copy.ts';
import { FixPanel } from './fix-panel.tsx';
import { stepToOpen } from './funnel.ts';
import { FunnelPanel } from './funnel-panel.tsx';
import { PodPanel } from './pod-panel.tsx';
import { RequestPanel } from './request-panel.tsx';
import type { StatedFacts, WhySearch } from './search.ts';
import { Verdict } from './verdict.tsx';

const replayWords: Record<Explanation['replay']['state'], string> = {
  exact: 'Replayed exactly',
  different: 'Replayed, with another result',
  not_replayable: 'Not replayable',
  preview: 'Decided now, logged nowhere',
};

/** How the answer came about. A logged decision with changed facts was decided with what held at its moment. */
function replayed({ replay, decisionId }: Explanation): string {
  return replay.state === 'preview' && decisionId !== null
    ? 'Decided again with changed facts'
    : replayWords[replay.state];
}

/** One explanation: the verdict, the request, the funnel, the smallest fix, the break. */
export function Answer({
  explanation,
  waiting,
  stated,
  onFacts,
  onFocus,
  onPreview,
  aside,
}: {
  explanation: Explanation;
  /** An answer to the question before this one is shown meanwhile. */
  waiting: boolean;
  stated: StatedFacts | undefined;
  onFacts: (facts: StatedFacts | undefined) => void;
  onFocus: (lineItemId: string) => void;
  onPreview: (search: WhySearch) => void;
  /** Place in the head of the page. */
  aside: HTMLElement | null;
}) {
  const { replay, focus } = explanation;
  const [chosen, setChosen] = useState<{ of: string; step: FunnelStep } | null>(null);
  const of = `${explanation.decisionId} ${focus?.lineItemId}`;
  const step = chosen?.of === of ? chosen.step : stepToOpen(explanation);
  const { copied, copy } = useCopy();
  return (
    <div aria-busy={waiting || undefined} className={cx('flex flex-col gap-2.5', waiting && 'opacity-60')}>
      {aside &&
        createPortal(
          <>
            <span role="status" className="meta text-fg-3 max-wide:hidden">
              {replayed(explanation)}, {count(Math.ceil(explanation.tookMs))} ms, snapshot{' '}
              <span className="font-mono" title={explanation.snapshotHash}>
                {explanation.snapshotHash.slice(0, 8)}
              </span>
            </span>
            <Button icon={copied ? Check : Link2} onClick={() => copy(location.href)}>
              {copied ? 'Copied' : 'Copy link'}
            </Button>
          </>,
          aside,
        )}
      <Verdict explanation={explanation} />
      {(replay.state === 'different' || replay.state === 'not_replayable') && (
        <Note tone="warn" title={replayWords[replay.state]}>
          {replay.detail}
        </Note>
      )}
      <div className="grid grid-cols-[204px_minmax(0,1fr)_minmax(300px,340px)] items-stretch gap-2.5 max-wide:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <RequestPanel
          explanation={explanation}
          stated={stated}
          onFacts={onFacts}
          className="max-wide:order-2"
        />
        <FunnelPanel
          explanation={explanation}
          step={step}
          onStep={(next) => setChosen({ of, step: next })}
          onFocus={onFocus}
          className="max-wide:order-1 max-wide:col-span-full"
        />
        <FixPanel
          key={of}
          explanation={explanation}
          onFocus={onFocus}
          onPreview={onPreview}
          className="max-wide:order-3"
        />
      </div>
      <PodPanel explanation={explanation} />
    </div>
  );
}
