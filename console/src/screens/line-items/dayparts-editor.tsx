import type { LineItem } from '@cuepoint/contract';
import { cx } from '../../design/cx.ts';
import { Input } from '../../design/field.tsx';
import { RowList, Wrong } from '../row-list.tsx';
import { minuteClock, readMinute } from './words.ts';

type Daypart = LineItem['dayparts'][number];
export interface DaypartDraft {
  days: number[];
  from: string;
  to: string;
}
const week = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function daypartDraft({ days, fromMinute, toMinute }: Daypart): DaypartDraft {
  return { days: [...days], from: minuteClock(fromMinute), to: minuteClock(toMinute) };
}

/** The open hours that the drafts mean; null while one of them does not fit. */
export function readDayparts(drafts: readonly DaypartDraft[]): Daypart[] | null {
  const dayparts: Daypart[] = [];
  for (const { days, from, to } of drafts) {
    const fromMinute = readMinute(from);
    const toMinute = readMinute(to);
    if (fromMinute === null || fromMinute > 1439 || !toMinute || days.length === 0) return null;
    dayparts.push({ days: [...days].sort((a, b) => a - b), fromMinute, toMinute });
  }
  return dayparts;
}

/** Days and hours, one row each. */
export function DaypartsEditor({
  dayparts,
  problem,
  onChange,
}: {
  dayparts: readonly DaypartDraft[];
  problem: string | undefined;
  onChange: (dayparts: DaypartDraft[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Open hours, in the zone of the flight</legend>
      {problem && <Wrong>{problem}</Wrong>}
      <RowList
        kind="Hours"
        rows={dayparts}
        most={50}
        wrap
        fresh={(): DaypartDraft => ({ days: [1, 2, 3, 4, 5], from: '06:00', to: '10:00' })}
        onChange={onChange}
      >
        {(daypart, set, name) => (
          <>
            <Days name={name} days={daypart.days} onChange={(days) => set({ days })} />
            <Input
              aria-label={`${name}: from`}
              className="w-15"
              value={daypart.from}
              onChange={(event) => set({ from: event.target.value })}
            />
            <span>to</span>
            <Input
              aria-label={`${name}: to`}
              className="w-15"
              value={daypart.to}
              onChange={(event) => set({ to: event.target.value })}
            />
          </>
        )}
      </RowList>
    </fieldset>
  );
}

function Days({
  name,
  days,
  onChange,
}: {
  name: string;
  days: readonly number[];
  onChange: (days: number[]) => void;
}) {
  return (
    <span className="inline-flex rounded-md border border-line-strong">
      {week.map((day, index) => {
        const on = days.includes(index + 1);
        return (
          <button
            key={day}
            type="button"
            aria-pressed={on}
            aria-label={`${name}: ${day}`}
            onClick={() => onChange(on ? days.filter((one) => one !== index + 1) : [...days, index + 1])}
            className={cx(
              'h-6.5 border-r border-line px-1 first:rounded-l-[3px] last:rounded-r-[3px] last:border-0',
              on ? 'bg-accent-tint font-medium text-fg' : 'text-fg-3',
            )}
          >
            {day}
          </button>
        );
      })}
    </span>
  );
}
