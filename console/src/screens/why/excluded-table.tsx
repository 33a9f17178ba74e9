import type { Explanation, FunnelStep } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { SquareArrowOutUpRight } from 'lucide-react';
import { useState } from 'react';
import { reasonSentence, stepWords } from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { count } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';

const shortList = 12;

/** What a step excluded: the rule, what it asks for, what it met. A row takes the focus of the screen. */
export function ExcludedTable({
  explanation,
  step,
  onFocus,
}: {
  explanation: Explanation;
  step: FunnelStep;
  onFocus: (lineItemId: string) => void;
}) {
  const [whole, setWhole] = useState(false);
  const rows = explanation.excluded.filter((row) => row.step === step);
  const lost =
    explanation.funnel
      .find((entry) => entry.step === step)
      ?.lost.reduce((sum, reason) => sum + reason.count, 0) ?? 0;
  const shown = whole ? rows : rows.slice(0, shortList);
  if (rows.length === 0) {
    return (
      <div className="border-t border-line">
        <EmptyState
          title={
            lost > 0 ? `Not listed at “${stepWords[step]}”` : `Nothing was excluded at “${stepWords[step]}”`
          }
        >
          {lost > 0
            ? `It lost ${count(lost)}, but only the ${count(explanation.excluded.length)} nearest to serving are listed.`
            : 'Select a step that lost candidates.'}
        </EmptyState>
      </div>
    );
  }
  return (
    <>
      <Table
        label={`Excluded at ${stepWords[step]}`}
        className="border-t border-line"
        columns={[null, 198, { width: 104, wideOnly: true }, { width: 104, wideOnly: true }, 44]}
        head={
          <>
            <Th>
              Excluded here, {count(shown.length)} of {count(Math.max(lost, rows.length))}
            </Th>
            <Th>Reason</Th>
            <Th wideOnly>Required</Th>
            <Th wideOnly>Actual</Th>
            <Th>
              <span className="sr-only">Open</span>
            </Th>
          </>
        }
      >
        {shown.map((row) => {
          const first = row.reasons[0];
          return (
            <Tr
              key={row.lineItemId}
              selected={explanation.focus?.lineItemId === row.lineItemId}
              onOpen={() => onFocus(row.lineItemId)}
            >
              <Td className="font-medium !font-stretch-[86%]" title={row.lineItemName}>
                <button
                  type="button"
                  onClick={() => onFocus(row.lineItemId)}
                  className="max-w-full truncate rounded-md align-middle hover:text-accent-text"
                >
                  {row.lineItemName}
                </button>
              </Td>
              <Td className="text-block" title={`${reasonSentence(row.reason)}${more(row.reasons.length)}`}>
                <code className="text-axis">{row.reason}</code>
                {row.reasons.length > 1 && <span className="text-fg-3"> +{row.reasons.length - 1}</span>}
              </Td>
              <Td wideOnly title={first?.required} className="text-fg-2">
                {first?.required}
              </Td>
              <Td wideOnly title={first?.actual}>
                {first?.actual}
              </Td>
              <Td>
                <Link
                  to="/line-items/$lineItemId"
                  params={{ lineItemId: row.lineItemId }}
                  aria-label={`Open ${row.lineItemName}`}
                  title="Open the line item"
                  className="grid size-6 place-items-center rounded-md text-fg-3 hover:text-fg"
                >
                  <Icon of={SquareArrowOutUpRight} />
                </Link>
              </Td>
            </Tr>
          );
        })}
      </Table>
      {rows.length > shown.length && (
        <div className="border-t border-line px-2 py-1.5">
          <Button size="sm" look="quiet" onClick={() => setWhole(true)}>
            Show all {count(rows.length)}
          </Button>
        </div>
      )}
    </>
  );
}

function more(reasons: number): string {
  return reasons > 1 ? `, and ${reasons - 1} more ${reasons === 2 ? 'reason' : 'reasons'}` : '';
}
