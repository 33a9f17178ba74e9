import type { LineItem } from '@cuepoint/contract';
import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../../design/button.tsx';
import { Input, Select } from '../../design/field.tsx';
import { capScopeWords } from './words.ts';

type Cap = LineItem['frequencyCaps'][number];
export type CapDraft = Omit<Cap, 'limit' | 'count'> & { limit: string; count: string };
const units = ['minute', 'hour', 'day', 'week', 'lifetime'] as const;
const scopes = Object.keys(capScopeWords) as Cap['scope'][];

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
  onChange,
}: {
  caps: readonly CapDraft[];
  onChange: (caps: CapDraft[]) => void;
}) {
  const set = (at: number, change: Partial<CapDraft>) =>
    onChange(caps.map((cap, index) => (index === at ? { ...cap, ...change } : cap)));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium text-fg-2">Frequency caps</legend>
      {caps.map((cap, at) => {
        const name = `Cap ${at + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: caps have no identity but their place
          <div key={at} className="flex items-center gap-1 text-sm">
            <Input
              aria-label={`${name}: exposures at most`}
              inputMode="numeric"
              className="w-14"
              value={cap.limit}
              onChange={(event) => set(at, { limit: event.target.value })}
            />
            <span>of</span>
            <Select
              aria-label={`${name}: of what`}
              className="min-w-0 flex-1"
              value={cap.scope}
              onChange={(event) =>
                set(at, { scope: scopes.find((scope) => scope === event.target.value) ?? cap.scope })
              }
            >
              {scopes.map((scope) => (
                <option key={scope} value={scope}>
                  {capScopeWords[scope]}
                </option>
              ))}
            </Select>
            <span>in</span>
            {cap.unit !== 'lifetime' && (
              <Input
                aria-label={`${name}: in how many`}
                inputMode="numeric"
                className="w-12"
                value={cap.count}
                onChange={(event) => set(at, { count: event.target.value })}
              />
            )}
            <Select
              aria-label={`${name}: unit`}
              className="w-24"
              value={cap.unit}
              onChange={(event) =>
                set(at, { unit: units.find((unit) => unit === event.target.value) ?? cap.unit })
              }
            >
              {units.map((unit) => (
                <option key={unit} value={unit}>
                  {unit === 'lifetime' ? 'all' : `${unit}s`}
                </option>
              ))}
            </Select>
            <IconButton
              icon={X}
              size="sm"
              label={`Remove ${name}`}
              onClick={() => onChange(caps.filter((_, index) => index !== at))}
            />
          </div>
        );
      })}
      {!readCaps(caps) && (
        <p role="alert" className="text-sm text-block">
          A cap is 1 to 10,000 exposures in 1 to 366 units.
        </p>
      )}
      <div>
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          disabled={caps.length >= 12}
          onClick={() => onChange([...caps, { scope: 'line_item', limit: '3', unit: 'day', count: '1' }])}
        >
          Cap
        </Button>
      </div>
    </fieldset>
  );
}
