import { Select } from '../../design/field.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { type AnalyticsSearch, analyticsDefaults, NAMED_PERIODS, SPANS } from './search.ts';
import { periodWords } from './words.ts';

const against = [
  { value: 'nothing', label: 'Alone' },
  { value: 'before', label: 'Against days before' },
] as const;

const spanWord = (span: number) => (span === 1 ? 'One day' : `${span} days`);

/** Days, comparison and time zone of everything on the screen. */
export function QuestionControls({
  search,
  zone,
  zones,
  onChange,
}: {
  search: AnalyticsSearch;
  zone: string | undefined;
  zones: readonly string[];
  onChange: (search: AnalyticsSearch) => void;
}) {
  const days = search.days ?? analyticsDefaults.days;
  const isOwn =
    search.period === undefined && (search.whole || search.to || !SPANS.some((span) => span === days));
  const value = search.period ?? (isOwn ? 'own' : String(days));
  const choose = (chosen: string) => {
    const { period: _, days: __, whole: ___, to: ____, ...rest } = search;
    const named = NAMED_PERIODS.find((one) => one === chosen);
    if (named) onChange({ ...rest, period: named });
    else if (chosen !== 'own') onChange({ ...rest, days: Number(chosen) });
  };
  return (
    <>
      <Select
        aria-label="Days"
        className="w-36"
        value={value}
        onChange={(event) => choose(event.target.value)}
      >
        {SPANS.map((span) => (
          <option key={span} value={span}>
            {spanWord(span)}
          </option>
        ))}
        {NAMED_PERIODS.map((period) => (
          <option key={period} value={period}>
            {periodWords[period]}
          </option>
        ))}
        {isOwn && (
          <option value="own">
            {search.to ? `${spanWord(days)} to ${search.to}` : `Last ${spanWord(days).toLowerCase()}`}
          </option>
        )}
      </Select>
      <Segmented
        label="Compared with"
        value={search.compare ? 'before' : 'nothing'}
        options={against}
        onChange={(chosen) => {
          const { compare: _, ...rest } = search;
          onChange(chosen === 'before' ? { ...rest, compare: true } : rest);
        }}
      />
      <Select
        aria-label="Time zone of days"
        className="w-44"
        value={zone ?? ''}
        onChange={(event) => onChange({ ...search, zone: event.target.value })}
      >
        {zones.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </Select>
    </>
  );
}
