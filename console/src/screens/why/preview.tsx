import { previewDecision } from '@cuepoint/contract';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Field, Input } from '../../design/field.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { Answer } from './answer.tsx';
import type { WhySearch } from './search.ts';

/** A made-up request, decided with the counters of this moment. Nothing is reserved, billed or logged. */
export function Preview({
  search,
  onSearch,
  aside,
}: {
  search: WhySearch;
  onSearch: (search: WhySearch) => void;
  aside: HTMLElement | null;
}) {
  const { li, facts, placement, maxAds, seconds } = search;
  const answer = useRead(
    previewDecision,
    {
      ...(placement ? { placement } : {}),
      ...(maxAds ? { maxAds } : {}),
      ...(seconds ? { durationSeconds: seconds } : {}),
      ...(facts ? { facts } : {}),
      ...(li ? { lineItemId: li } : {}),
    },
    { keep: true },
  );
  return (
    <>
      <PreviewForm
        key={`${placement} ${maxAds} ${seconds}`}
        search={search}
        busy={answer.isFetching}
        onSubmit={(next) => {
          onSearch(next);
          void answer.refetch();
        }}
      />
      {answer.error && (!answer.data || answer.isPlaceholderData) ? (
        <Panel>
          <ReadFailed what="The preview" error={answer.error} onRetry={() => void answer.refetch()} />
        </Panel>
      ) : answer.data ? (
        <Answer
          explanation={answer.data}
          waiting={answer.isPlaceholderData}
          stated={facts}
          onFacts={(next) => {
            const { facts: _before, ...rest } = search;
            onSearch(next ? { ...rest, facts: next } : rest);
          }}
          onFocus={(lineItemId) => onSearch({ ...search, li: lineItemId })}
          onPreview={onSearch}
          aside={aside}
        />
      ) : (
        <Panel>
          <Skeleton rows={10} />
        </Panel>
      )}
    </>
  );
}

function PreviewForm({
  search,
  busy,
  onSubmit,
}: {
  search: WhySearch;
  busy: boolean;
  onSubmit: (search: WhySearch) => void;
}) {
  const [placement, setPlacement] = useState(search.placement ?? '');
  const [maxAds, setMaxAds] = useState(String(search.maxAds ?? ''));
  const [length, setLength] = useState(String(search.seconds ?? ''));
  const ads = maxAds === '' ? null : Number(maxAds);
  const badAds = ads !== null && !(Number.isInteger(ads) && ads >= 1 && ads <= 32);
  const lengthSeconds = length === '' ? null : Number(length);
  const badLength = lengthSeconds !== null && !(lengthSeconds >= 0.1 && lengthSeconds <= 3600);
  return (
    <form
      className="flex flex-wrap items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (badAds || badLength) return;
        const { placement: _p, maxAds: _m, seconds: _s, ...rest } = search;
        onSubmit({
          ...rest,
          tab: 'preview',
          ...(placement.trim() ? { placement: placement.trim() } : {}),
          ...(ads ? { maxAds: ads } : {}),
          ...(lengthSeconds ? { seconds: lengthSeconds } : {}),
        });
      }}
    >
      <Field label="Placement" className="w-64" hint="Key or id; empty: the default placement">
        <Input value={placement} onChange={(event) => setPlacement(event.target.value)} maxLength={64} />
      </Field>
      <Field
        label="Most ads"
        className="w-44"
        hint="More than 1 asks for a break"
        error={badAds ? `“${maxAds}” is not accepted; give 1 to 32` : undefined}
      >
        <Input inputMode="numeric" value={maxAds} onChange={(event) => setMaxAds(event.target.value)} />
      </Field>
      <Field
        label="Length"
        className="w-44"
        hint="Of the slot or break"
        error={badLength ? `“${length}” is not accepted; give 0.1 to 3600` : undefined}
      >
        <Input
          inputMode="decimal"
          unit="s"
          value={length}
          onChange={(event) => setLength(event.target.value)}
        />
      </Field>
      <Button type="submit" icon={Play} busy={busy} className="mt-5">
        Decide now
      </Button>
      <p className="mt-6 text-sm text-fg-3">
        Nothing is reserved, billed or logged. Facts are changed below.
      </p>
    </form>
  );
}
