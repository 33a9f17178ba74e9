import type { Deployment } from '@cuepoint/contract';
import { Rocket } from 'lucide-react';
import type { ApiError } from '../../api.ts';
import { clock, dayTime, ownZone, zoneName } from '../../design/format/date.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import { Table, Td, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';
import { deploymentWord } from '../../words.ts';

/** What was sent where, newest first; each row opens its attempts. */
export function DeploymentsPanel({
  deployments,
  total,
  error,
  onRetry,
  onOpen,
  selected,
  detailed,
}: {
  deployments: readonly Deployment[] | undefined;
  total: number | undefined;
  error: ApiError | null;
  onRetry: () => void;
  onOpen: (id: string) => void;
  selected: string | undefined;
  /** With the step and the ids that the platform gave. */
  detailed?: boolean;
}) {
  const zone = ownZone();
  return (
    <Panel
      title="Deployments"
      meta={
        deployments && deployments.length > 0 ? (
          <>
            <span className="text-md">{total}</span> {zoneName(zone)}
          </>
        ) : undefined
      }
    >
      {error && !deployments ? (
        <ReadFailed what="Deployments" error={error} onRetry={onRetry} />
      ) : !deployments ? (
        <Skeleton rows={3} />
      ) : deployments.length === 0 ? (
        <EmptyState icon={Rocket} title="Nothing was sent yet">
          Approved creatives are sent to a platform from their own page.
        </EmptyState>
      ) : (
        <>
          <Table
            label="Deployments"
            columns={
              detailed
                ? [104, 300, { width: 200, wideOnly: true }, { width: null, wideOnly: true }, 132]
                : [104, null, 112]
            }
          >
            {deployments.map((deployment) => (
              <Tr
                key={deployment.id}
                selected={deployment.id === selected}
                onOpen={() => onOpen(deployment.id)}
              >
                <Td className="!h-11">
                  <Status word={deploymentWord[deployment.status]} />
                </Td>
                <Td className="leading-4">
                  <button
                    type="button"
                    onClick={() => onOpen(deployment.id)}
                    className="block max-w-full truncate rounded-md font-medium hover:text-accent-text"
                  >
                    {deployment.dspName} {deployment.simulated && <SimulatedMark />}
                  </button>
                  <span className="meta block truncate text-fg-3">{deployment.creativeName}</span>
                </Td>
                {detailed && (
                  <>
                    <Td wideOnly className="text-fg-2">
                      {deployment.step}
                    </Td>
                    <Td wideOnly title={deployment.failure ?? undefined}>
                      {deployment.failure ?? (
                        <span className="font-mono text-sm text-fg-2">
                          {Object.values(deployment.externalIds).join(', ')}
                        </span>
                      )}
                    </Td>
                  </>
                )}
                <Td right className="meta leading-4 text-fg-3">
                  <span className="block">
                    {deployment.nextAttemptAt
                      ? `retry ${clock(deployment.nextAttemptAt, zone, true)}`
                      : dayTime(deployment.updatedAt, zone)}
                  </span>
                  <span className="block">
                    {deployment.attemptCount} {deployment.attemptCount === 1 ? 'attempt' : 'attempts'}
                  </span>
                </Td>
              </Tr>
            ))}
          </Table>
          {deployments.some((deployment) => deployment.simulated) && (
            <p className="border-t border-line px-3 py-2 text-sm text-fg-3">
              <SimulatedMark worded />: answered by the sandbox, no real account.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
