import type { Explanation, FunnelStep } from '@cuepoint/contract';
import type { KeyboardEvent } from 'react';
import { stepWords } from '../../delivery-words.ts';
import { useTwin } from '../../design/charts/twin.tsx';
import { cx } from '../../design/cx.ts';
import { count } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ExcludedTable } from './excluded-table.tsx';
import { type FunnelBar, funnelBars } from './funnel.ts';

/** How many were left at each step, exactly; a step lists what it excluded. */
export function FunnelPanel({
  explanation,
  step,
  onStep,
  onFocus,
  className,
}: {
  explanation: Explanation;
  step: FunnelStep | null;
  onStep: (step: FunnelStep) => void;
  onFocus: (lineItemId: string) => void;
  className?: string;
}) {
  const twin = useTwin('the funnel');
  const bars = funnelBars(explanation.funnel);
  const { focus } = explanation;
  const blockedAt =
    focus && !focus.served
      ? explanation.excluded.find((row) => row.lineItemId === focus.lineItemId)?.step
      : undefined;
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button.matches(':focus'));
    event.preventDefault();
    buttons[at + move]?.focus();
  };
  return (
    <Panel
      title={`${count(explanation.candidates)} ${explanation.candidates === 1 ? 'candidate' : 'candidates'}, ${count(explanation.served)} served`}
      meta="log scale"
      className={className ?? ''}
      action={
        <>
          <span className="meta text-fg-3 max-wide:hidden">select a step to list the excluded</span>
          {twin.toggle}
        </>
      }
    >
      {twin.asTable ? (
        <Table
          label="Candidates left at each step"
          columns={[140, 80, 80, null]}
          head={
            <>
              <Th>Step</Th>
              <Th right>Left</Th>
              <Th right>Lost</Th>
              <Th>By reason</Th>
            </>
          }
        >
          {bars.map((bar) => (
            <Tr key={bar.step} selected={bar.step === step} onOpen={() => onStep(bar.step)}>
              <Td>
                <button type="button" className="rounded-md" onClick={() => onStep(bar.step)}>
                  {stepWords[bar.step]}
                </button>
              </Td>
              <Td right>{count(bar.count)}</Td>
              <Td right className={bar.lostCount === 0 ? 'text-fg-3' : undefined}>
                {count(bar.lostCount)}
              </Td>
              <Td className="text-fg-2" title={reasons(bar)}>
                {reasons(bar)}
              </Td>
            </Tr>
          ))}
        </Table>
      ) : (
        <ol aria-label="Candidates left at each step" className="px-3 py-2" onKeyDown={walk}>
          {bars.map((bar) => (
            <li key={bar.step}>
              <StepButton
                bar={bar}
                chosen={bar.step === step}
                blocked={bar.step === blockedAt}
                onPress={() => onStep(bar.step)}
              />
            </li>
          ))}
        </ol>
      )}
      {step && <ExcludedTable explanation={explanation} step={step} onFocus={onFocus} />}
    </Panel>
  );
}

function reasons(bar: FunnelBar): string {
  return bar.lost.map((lost) => `${lost.reason} ${count(lost.count)}`).join(', ');
}

function StepButton({
  bar,
  chosen,
  blocked,
  onPress,
}: {
  bar: FunnelBar;
  chosen: boolean;
  blocked: boolean;
  onPress: () => void;
}) {
  const fill = blocked ? 'bg-block' : bar.step === 'served' && bar.count > 0 ? 'bg-ok' : 'bg-fg-3';
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onPress}
      title={reasons(bar) || undefined}
      className={cx(
        'grid h-6 w-full grid-cols-[104px_minmax(0,2fr)_minmax(0,3fr)] items-center gap-2 rounded-md text-left text-sm hover:bg-hover',
        chosen && 'font-medium',
      )}
    >
      <span className={cx('truncate pl-1', chosen ? 'text-fg' : 'text-fg-2')}>{stepWords[bar.step]}</span>
      <span aria-hidden="true" className="relative h-4">
        <span
          className={cx('absolute inset-y-0 left-0 rounded-sm', blocked ? 'bg-block-tint' : 'bg-line')}
          style={{ width: `${bar.shareBefore * 100}%` }}
        />
        <span
          className={cx('absolute inset-y-0 left-0 rounded-sm', fill)}
          style={{ width: `${bar.share * 100}%` }}
        />
      </span>
      <span className="flex min-w-0 gap-2">
        <b className="font-medium text-fg">{count(bar.count)}</b>
        {bar.lostCount > 0 && (
          <span className={cx('min-w-0 truncate font-regular', blocked ? 'text-block' : 'text-fg-3')}>
            −{count(bar.lostCount)} {bar.lost.map((lost) => lost.reason).join(', ')}
          </span>
        )}
      </span>
    </button>
  );
}
