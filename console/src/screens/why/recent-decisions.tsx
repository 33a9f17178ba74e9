import { listDecisions } from '@cuepoint/contract';
import { SearchCheck } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { shortSeconds } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';

type Outcome = 'all' | 'ads' | 'empty';
const outcomes = [
  { value: 'all', label: 'All' },
  { value: 'ads', label: 'With ads' },
  { value: 'empty', label: 'Empty' },
] as const;

/** While nothing is asked: the newest requests, to open one. */
export function RecentDecisions({
  onOpen,
  onPreview,
}: {
  onOpen: (decisionId: string) => void;
  onPreview: () => void;
}) {
  const [outcome, setOutcome] = useState<Outcome>('all');
  const recent = useRead(listDecisions, { limit: 50, outcome }, { keep: true, everyMs: 10_000 });
  const decisions = recent.data?.decisions;
  return (
    <Panel
      title="Newest requests"
      meta={decisions && `${decisions.length} shown, newest first`}
      action={<Segmented label="Outcome" value={outcome} options={outcomes} onChange={setOutcome} />}
      bodyClassName={recent.isPlaceholderData ? 'opacity-60' : ''}
    >
      {recent.error && !decisions ? (
        <ReadFailed what="The newest requests" error={recent.error} onRetry={() => void recent.refetch()} />
      ) : !decisions ? (
        <Skeleton rows={8} />
      ) : decisions.length === 0 ? (
        <EmptyState
          icon={SearchCheck}
          title={outcome === 'all' ? 'No request yet' : 'No such request lately'}
          action={<Button onClick={onPreview}>Preview a request</Button>}
        >
          A request appears here as soon as a player asks a tag for ads.
        </EmptyState>
      ) : (
        <Table
          label="Newest requests"
          columns={[172, 112, null, 56, 96, 250, { width: 250, wideOnly: true }]}
          head={
            <>
              <Th>Asked</Th>
              <Th>Outcome</Th>
              <Th>Placement</Th>
              <Th right>Ads</Th>
              <Th right>Filled</Th>
              <Th>Request or decision</Th>
              <Th wideOnly>Why empty</Th>
            </>
          }
        >
          {decisions.map((decision) => (
            <Tr key={decision.decisionId} onOpen={() => onOpen(decision.decisionId)}>
              <Td>
                <DateTime at={decision.at} />
              </Td>
              <Td>
                {decision.ads > 0 ? (
                  <Status word="Ready" as="Served" />
                ) : (
                  <Status word="Not serving" as="Empty" />
                )}
              </Td>
              <Td title={decision.placementName}>{decision.placementName}</Td>
              <Td right>{decision.ads}</Td>
              <Td right className={decision.filledMs === 0 ? 'text-fg-3' : undefined}>
                {shortSeconds(decision.filledMs)}
              </Td>
              <Td>
                <button
                  type="button"
                  title={`Decision ${decision.decisionId}`}
                  onClick={() => onOpen(decision.decisionId)}
                  className="max-w-full truncate rounded-md align-middle font-mono text-sm hover:text-accent-text"
                >
                  {/* A player need not give an id of its own; then the decision's is what there is. */}
                  {decision.requestId || decision.decisionId}
                </button>
              </Td>
              <Td wideOnly className="text-fg-2" title={decision.reason ?? undefined}>
                {decision.reason && reasonSentence(decision.reason)}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
