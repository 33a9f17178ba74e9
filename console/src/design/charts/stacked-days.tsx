import { type KeyboardEvent, useRef, useState } from 'react';
import { cx } from '../cx.ts';
import { percent } from '../format/number.ts';
import { round1, ticks } from './scale.ts';

export interface StackedDay {
  /** Names the day for who selects it. */
  key: string;
  /** "17 Nov" */
  label: string;
  /** All of it in words: for assistive technology, and below the chart for the day that is pointed at. */
  text: string;
  /** Shares of one, from the base up. */
  parts: readonly { name: string; color: string; share: number }[];
  /** Numbers of the changes made on it. */
  marks: readonly number[];
}

interface StackedDaysProps {
  /** Says the measure. */
  title: string;
  /** Oldest first. */
  days: readonly StackedDay[];
  selected?: string | undefined;
  onSelect: (key: string) => void;
  height?: number | undefined;
}

/** Shares of each day as one stacked bar. Arrow keys walk the days, Enter selects one; changes stand above as numbers. */
export function StackedDays({ title, days, selected, onSelect, height = 148 }: StackedDaysProps) {
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const highest = Math.max(0, ...days.map(({ parts }) => parts.reduce((sum, { share }) => sum + share, 0)));
  const grid = ticks(highest, 3);
  const top = grid.at(-1) || 1;
  const chosen = days.findIndex(({ key }) => key === selected);
  // One of them takes the Tab key: the one that is pointed at, is selected, or is the newest.
  const entry = at ?? (chosen >= 0 ? chosen : days.length - 1);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const to = { ArrowLeft: entry - 1, ArrowRight: entry + 1, Home: 0, End: days.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= days.length) return;
    event.preventDefault();
    list.current?.querySelectorAll<HTMLElement>('button')[to]?.focus();
  };
  const shown = days[at ?? (chosen >= 0 ? chosen : days.length - 1)];
  return (
    <figure className="m-0">
      <div className="flex gap-2">
        <div
          aria-hidden="true"
          className="relative mt-5 w-9 flex-none text-right text-axis text-fg-3 font-stretch-[85%]"
          style={{ height }}
        >
          {grid.map((value) => (
            <span
              key={value}
              className="absolute right-0 translate-y-1/2"
              style={{ bottom: `${(value / top) * 100}%` }}
            >
              {percent(value, top < 0.05 ? 1 : 0)}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw itself around the bars */}
        <div
          ref={list}
          role="group"
          aria-label={title}
          onKeyDown={move}
          onPointerLeave={() => setAt(null)}
          className="flex min-w-0 flex-1 items-end"
        >
          {days.map((day, index) => (
            <button
              key={day.key}
              type="button"
              tabIndex={index === entry ? 0 : -1}
              aria-label={day.text}
              aria-pressed={day.key === selected}
              onClick={() => onSelect(day.key)}
              onFocus={() => setAt(index)}
              onBlur={() => setAt(null)}
              onPointerEnter={() => setAt(index)}
              className={cx(
                'relative min-w-0 flex-1 rounded-sm pt-5',
                day.key === selected ? 'bg-accent-tint' : 'hover:bg-hover',
              )}
            >
              {day.marks.length > 0 && (
                <>
                  <span
                    aria-hidden="true"
                    className="absolute top-0 left-1/2 z-10 min-w-4 -translate-x-1/2 rounded-sm border border-line-strong bg-surface px-0.5 text-center text-axis text-fg font-stretch-[80%]"
                  >
                    {day.marks.length > 1 ? `${day.marks[0]}+` : day.marks[0]}
                  </span>
                  <span aria-hidden="true" className="absolute top-4 bottom-0 left-1/2 w-px bg-line-strong" />
                </>
              )}
              <Bar parts={day.parts} top={top} height={height} />
            </button>
          ))}
        </div>
      </div>
      <div aria-hidden="true" className="mt-1 flex justify-between pl-11 text-axis text-fg-3">
        <span>{days[0]?.label}</span>
        <span>{days.at(-1)?.label}</span>
      </div>
      <figcaption aria-hidden="true" className="mt-1 min-h-8 text-sm text-fg-2">
        {shown?.text}
      </figcaption>
    </figure>
  );
}

function Bar({ parts, top, height }: { parts: StackedDay['parts']; top: number; height: number }) {
  let from = 0;
  return (
    <svg
      width="100%"
      height={height}
      viewBox="0 0 10 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      className="relative block"
    >
      <line x1="0" x2="10" y1="100" y2="100" stroke="var(--chart-grid)" strokeWidth="1" />
      {parts.map(({ name, color, share }) => {
        const size = (share / top) * 100;
        from += size;
        return <rect key={name} x="1" width="8" y={round1(100 - from)} height={round1(size)} fill={color} />;
      })}
    </svg>
  );
}
