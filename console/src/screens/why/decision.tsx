import { explainDecision } from '@cuepoint/contract';
import { useRead } from '../../api.ts';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { Answer } from './answer.tsx';
import type { WhySearch } from './search.ts';

/** A logged decision, made again. */
export function Decision({
  search,
  q,
  onSearch,
  aside,
}: {
  search: WhySearch;
  q: string;
  onSearch: (search: WhySearch) => void;
  aside: HTMLElement | null;
}) {
  const { li, facts } = search;
  const answer = useRead(
    explainDecision,
    { decisionId: q, ...(li ? { lineItemId: li } : {}), ...(facts ? { facts } : {}) },
    { keep: true },
  );
  if (answer.error && (!answer.data || answer.isPlaceholderData)) {
    return (
      <Panel>
        <ReadFailed what="The explanation" error={answer.error} onRetry={() => void answer.refetch()} />
      </Panel>
    );
  }
  if (!answer.data) {
    return (
      <Panel>
        <Skeleton rows={10} />
      </Panel>
    );
  }
  return (
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
  );
}
