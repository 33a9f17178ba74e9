import type { LineItem } from '@cuepoint/contract';
import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../../design/button.tsx';
import { cx } from '../../design/cx.ts';
import { Input } from '../../design/field.tsx';
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
  onChange,
}: {
  dayparts: readonly DaypartDraft[];
  onChange: (dayparts: DaypartDraft[]) => void;
}) {
  const set = (at: number, change: Partial<DaypartDraft>) =>
    onChange(dayparts.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Open hours, in the zone of the flight</legend>
      {dayparts.map((daypart, at) => {
        const name = `Hours ${at + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: hours have no identity but their place
          <div key={at} className="flex flex-wrap items-center gap-1 text-sm">
            <span className="inline-flex rounded-md border border-line-strong">
              {week.map((day, index) => {
                const on = daypart.days.includes(index + 1);
                return (
                  <button
                    key={day}
                    type="button"
                    aria-pressed={on}
                    aria-label={`${name}: ${day}`}
                    onClick={() =>
                      set(at, {
                        days: on
                          ? daypart.days.filter((one) => one !== index + 1)
                          : [...daypart.days, index + 1],
                      })
                    }
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
            <Input
              aria-label={`${name}: from`}
              className="w-15"
              value={daypart.from}
              onChange={(event) => set(at, { from: event.target.value })}
            />
            <span>to</span>
            <Input
              aria-label={`${name}: to`}
              className="w-15"
              value={daypart.to}
              onChange={(event) => set(at, { to: event.target.value })}
            />
            <IconButton
              icon={X}
              size="sm"
              label={`Remove ${name}`}
              onClick={() => onChange(dayparts.filter((_, index) => index !== at))}
            />
          </div>
        );
      })}
      {!readDayparts(dayparts) && (
        <p role="alert" className="text-sm text-block">
          Choose a day or more, from 00:00 to 23:59 until 24:00 at the latest; an earlier end is on the next
          day.
        </p>
      )}
      <div>
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          disabled={dayparts.length >= 50}
          onClick={() => onChange([...dayparts, { days: [1, 2, 3, 4, 5], from: '06:00', to: '10:00' }])}
        >
          Hours
        </Button>
      </div>
    </fieldset>
  );
}
