import type { LineItemDelivery } from '@cuepoint/contract';
import type { ApiError } from '../../api.ts';
import { count, percent } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Facts, Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { ReadFailed } from '../../problem.tsx';

/** What the delivery plane knows at this moment. */
export function DeliveryPanel({
  delivery,
  error,
  onRetry,
}: {
  delivery: LineItemDelivery | undefined;
  error: ApiError | null;
  onRetry: () => void;
}) {
  return (
    <Panel
      title="Delivery now"
      bodyClassName="px-3 py-2"
      action={
        delivery &&
        (delivery.inSnapshot ? (
          <Status word="Serving" as="In the snapshot" />
        ) : (
          <Status word="Not serving" as="Not in the snapshot" />
        ))
      }
    >
      {error && !delivery ? (
        <ReadFailed what="Delivery" error={error} onRetry={onRetry} />
      ) : !delivery ? (
        <Skeleton rows={4} />
      ) : (
        <Facts
          items={[
            ['Spent', <Money key="spent" micros={delivery.spentMicros} currency={delivery.currency} />],
            ['Reserved', <Money key="held" micros={delivery.reservedMicros} currency={delivery.currency} />],
            [
              'Available',
              delivery.availableMicros === null ? (
                'no limit'
              ) : (
                <Money key="left" micros={delivery.availableMicros} currency={delivery.currency} />
              ),
            ],
            ['Impressions', count(delivery.impressions)],
            ['Requests let in', percent(delivery.passRate)],
          ]}
        />
      )}
    </Panel>
  );
}
