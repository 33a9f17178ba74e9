import { type AuditRecord, listAudit } from '@cuepoint/contract';
import { History as HistoryIcon, Lock } from 'lucide-react';
import { useRead } from '../../api.ts';
import { DateTime } from '../../design/date-time.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';

const changeWords: Record<AuditRecord['change'], string> = {
  created: 'created',
  updated: 'changed',
  deleted: 'deleted',
  noted: 'noted',
};

/** A value of the audit trail as text. It is data from anywhere, so it is only ever shown as text. */
function auditValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  return JSON.stringify(value);
}

/** Who changed what, when, and from what. */
export function History({ entityId, allowed }: { entityId: string; allowed: boolean }) {
  const audit = useRead(listAudit, { entityId, limit: 100 }, { enabled: allowed });
  return (
    <Panel
      title="History"
      meta={audit.data ? <span className="text-md">{audit.data.total}</span> : undefined}
    >
      {!allowed ? (
        <EmptyState icon={Lock} title="Not shown to your role">
          The audit trail is open to traffickers, reviewers and admins.
        </EmptyState>
      ) : audit.error && !audit.data ? (
        <ReadFailed what="History" error={audit.error} onRetry={() => void audit.refetch()} />
      ) : !audit.data ? (
        <Skeleton rows={6} />
      ) : audit.data.items.length === 0 ? (
        <EmptyState icon={HistoryIcon} title="No changes on record">
          Every change from here on leaves a record with both values.
        </EmptyState>
      ) : (
        <ol>
          {audit.data.items.map((record) => (
            <li
              key={record.id}
              className="grid grid-cols-[168px_150px_minmax(0,1fr)] gap-3 border-b border-line px-3 py-1.5 last:border-0"
            >
              <DateTime at={record.at} />
              <span className="truncate text-fg-2" title={`${record.actor.kind} ${record.actor.id}`}>
                {record.actor.name}
              </span>
              <div className="min-w-0">
                <div>
                  <b className="font-medium">
                    {record.entity.kind.replaceAll('_', ' ')} {changeWords[record.change]}
                  </b>{' '}
                  <span className="meta text-fg-3">{record.operation}</span>
                </div>
                {record.reason && <p className="text-fg-2">“{record.reason}”</p>}
                {record.change === 'updated' && record.fields.length > 0 && (
                  <ul className="text-sm text-fg-2">
                    {record.fields.slice(0, 12).map((field) => (
                      <li key={field.field} className="break-words">
                        <span className="text-fg-3">{field.field}</span> {auditValue(field.before)}{' '}
                        <span className="text-fg-3">to</span> {auditValue(field.after)}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
