import type { Explanation } from '@cuepoint/contract';
import { CircleCheck, CircleX } from 'lucide-react';
import { reasonSentence } from '../../delivery-words.ts';
import { cx } from '../../design/cx.ts';
import { DateTime } from '../../design/date-time.tsx';
import { shortSeconds } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';

/** The answer in one line, for the line item in focus or, without one, for the request. */
export function Verdict({ explanation }: { explanation: Explanation }) {
  const { focus, pod, served, reason } = explanation;
  const good = focus ? focus.served : served > 0;
  const first = focus?.reasons[0];
  const failed = focus ? focus.rulesAsked - focus.rulesHeld : 0;
  const asked = (
    <>
      asked <DateTime at={explanation.at} />
    </>
  );
  return (
    <section
      aria-label="Verdict"
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-l-2 px-3.5 py-2.5',
        good ? 'border-ok-line border-l-ok bg-ok-tint' : 'border-block-line border-l-block bg-block-tint',
      )}
    >
      <Icon of={good ? CircleCheck : CircleX} size="nav" className={good ? 'text-ok' : 'text-block'} />
      <div className="min-w-0 flex-1">
        <h2 className="break-words">
          {focus
            ? focus.served
              ? `${focus.lineItemName} served`
              : `${focus.lineItemName} did not serve: ${first ? reasonSentence(first.reason) : 'no rule was named'}`
            : served > 0
              ? `${served} ${served === 1 ? 'ad' : 'ads'} served, ${shortSeconds(pod.filledMs)}`
              : `Nothing served: ${reasonSentence(reason ?? 'no_line_item')}`}
        </h2>
        <p className="text-sm text-fg-2">
          {focus && !focus.served && first ? (
            <>
              <code className="text-block">{first.reason}</code> · required {first.required} · actual{' '}
              {first.actual} ·{' '}
            </>
          ) : (
            !focus &&
            reason &&
            served === 0 && (
              <>
                <code className="text-block">{reason}</code> ·{' '}
              </>
            )
          )}
          {asked}
        </p>
      </div>
      {focus && !focus.served && (
        <p className="text-sm text-fg-2">
          Found in{' '}
          <b className="font-medium text-fg">
            {failed} of {focus.rulesAsked}
          </b>{' '}
          rules; the other {focus.rulesHeld} pass
        </p>
      )}
    </section>
  );
}
