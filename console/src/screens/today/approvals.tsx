import type { Dashboard } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { BadgeCheck } from 'lucide-react';
import { buttonClass } from '../../design/button.tsx';
import { span } from '../../design/format/date.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Thumb } from '../thumb.tsx';

/** Creatives that wait for a decision, the longest first as the server orders them. */
export function Approvals({ dashboard }: { dashboard: Dashboard | undefined }) {
  return (
    <Panel
      title="Approvals"
      meta={
        dashboard && dashboard.approvals.length > 0 ? (
          <span className="text-md">{dashboard.approvals.length}</span>
        ) : undefined
      }
    >
      {!dashboard ? (
        <Skeleton rows={3} />
      ) : dashboard.approvals.length === 0 ? (
        <EmptyState icon={BadgeCheck} title="No creative waits for review">
          Submitted creatives appear here.
        </EmptyState>
      ) : (
        <ul>
          {dashboard.approvals.slice(0, 5).map((creative) => (
            <li
              key={creative.creativeId}
              className="flex items-center gap-2.5 border-b border-line px-3 py-2 last:border-0"
            >
              <Thumb url={creative.thumbnailUrl} />
              <div className="min-w-0 flex-1">
                <div className="truncate leading-4.5 font-medium">{creative.name}</div>
                <div className="meta text-fg-3">
                  waiting {span(Date.parse(dashboard.now) - Date.parse(creative.since))}
                </div>
              </div>
              <Link
                to="/creatives/$creativeId"
                params={{ creativeId: creative.creativeId }}
                aria-label={`Review ${creative.name}`}
                className={buttonClass('secondary', 'sm')}
              >
                Review
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
