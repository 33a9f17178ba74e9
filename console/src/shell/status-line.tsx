import type { SystemStatus } from '@cuepoint/contract';
import { useEffect, useState } from 'react';
import { longTime, ownZone, span } from '../design/format/date.ts';
import { count, percent } from '../design/format/number.ts';
import { Status } from '../design/status.tsx';

/** Serving at a glance. Figures that are not measured yet are left out. */
export function StatusLine({
  status,
  reachable,
  live,
}: {
  status: SystemStatus | undefined;
  reachable: boolean;
  /** Whether the line of live events is open. */
  live: boolean;
}) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const zone = ownZone();
  const delivery = status?.delivery;
  return (
    <footer className="flex items-center gap-4 overflow-hidden border-t border-line bg-bg pr-4 pl-5 text-sm whitespace-nowrap text-fg-3 max-wide:gap-3 [&_b]:font-medium [&_b]:text-fg-2">
      {!reachable ? (
        <Status word="Degraded" as="Console offline, ads are served meanwhile" />
      ) : (
        delivery && <Status word={delivery.ok ? 'Serving' : 'Not serving'} />
      )}
      {reachable && !live && <Status word="Waiting" as="Live updates interrupted" />}
      {delivery?.requestsPerSecond != null && (
        <span>
          <b>
            {delivery.requestsPerSecond < 10
              ? delivery.requestsPerSecond.toFixed(1)
              : count(delivery.requestsPerSecond)}
          </b>{' '}
          req/s
        </span>
      )}
      {delivery?.p99Ms != null && (
        <span>
          p99 <b>{delivery.p99Ms.toFixed(1)} ms</b>
        </span>
      )}
      {delivery?.snapshotAgeMs != null && (
        <span className="max-wide:hidden">
          Snapshot <b>{span(delivery.snapshotAgeMs)}</b> old
        </span>
      )}
      {delivery?.fillRate != null && (
        <span className="max-wide:hidden">
          Fill <b>{percent(delivery.fillRate)}</b>
        </span>
      )}
      <span className="ml-auto">
        <time dateTime={new Date(now).toISOString()}>{longTime(now, zone)}</time>{' '}
        <span className="max-wide:hidden">{zone}</span>
      </span>
    </footer>
  );
}
