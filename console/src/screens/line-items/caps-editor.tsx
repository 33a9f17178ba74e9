import type { LineItem } from '@cuepoint/contract';
import { Input } from '../../design/field.tsx';
import { WordSelect } from '../../design/word-select.tsx';
import { RowList, Wrong } from '../row-list.tsx';
import { capScopeWords } from './words.ts';

type Cap = LineItem['frequencyCaps'][number];
export type CapDraft = Omit<Cap, 'limit' | 'count'> & { limit: string; count: string };
const unitWords: Record<Cap['unit'], string> = {
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  lifetime: 'all',
};

/** The caps that the drafts mean; null while one of them does not fit. */
export function readCaps(drafts: readonly CapDraft[]): Cap[] | null {
  const caps = drafts.map(({ scope, unit, limit, count }) => ({
    scope,
    unit,
    limit: whole(limit),
    count: unit === 'lifetime' ? 1 : whole(count),
  }));
  return caps.every((cap) => cap.limit >= 1 && cap.limit <= 10_000 && cap.count >= 1 && cap.count <= 366)
    ? caps
    : null;
}

function whole(text: string): number {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
}

/** At most so many of something in so much time, one row each. */
export function CapsEditor({
  caps,
  problem,
  onChange,
}: {
  caps: readonly CapDraft[];
  problem: string | undefined;
  onChange: (caps: CapDraft[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Frequency caps</legend>
      {problem && <Wrong>{problem}</Wrong>}
      <RowList
        kind="Cap"
        rows={caps}
        most={12}
        fresh={(): CapDraft => ({ scope: 'line_item', limit: '3', unit: 'day', count: '1' })}
        onChange={onChange}
      >
        {(cap, set, name) => (
          <>
            <Input
              aria-label={`${name}: exposures at most`}
              inputMode="numeric"
              className="w-14"
              value={cap.limit}
              onChange={(event) => set({ limit: event.target.value })}
            />
            <span>of</span>
            <WordSelect
              label={`${name}: of what`}
              className="min-w-0 flex-1"
              value={cap.scope}
              words={capScopeWords}
              onChange={(scope) => set({ scope })}
            />
            <span>in</span>
            {cap.unit !== 'lifetime' && (
              <Input
                aria-label={`${name}: in how many`}
                inputMode="numeric"
                className="w-12"
                value={cap.count}
                onChange={(event) => set({ count: event.target.value })}
              />
            )}
            <WordSelect
              label={`${name}: unit`}
              className="w-24"
              value={cap.unit}
              words={unitWords}
              onChange={(unit) => set({ unit })}
            />
          </>
        )}
      </RowList>
    </fieldset>
  );
}
