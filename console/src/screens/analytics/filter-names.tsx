import { getDeliveryReport, type ROW_DIMENSIONS } from '@cuepoint/contract';
import { useRead } from '../../api.ts';
import { keyWord } from './words.ts';

/** What a filter is called: up to three of its values, and how many others. */
export function FilterNames({
  dimension,
  values,
}: {
  dimension: (typeof ROW_DIMENSIONS)[number];
  values: readonly string[];
}) {
  return (
    <>
      {values.slice(0, 3).map((value, at) => (
        <span key={value}>
          {at > 0 && ', '}
          <FilterName dimension={dimension} value={value} />
        </span>
      ))}
      {values.length > 3 && ` and ${values.length - 3} more`}
    </>
  );
}

/** What a filter is called; its id until that is known. */
function FilterName({ dimension, value }: { dimension: (typeof ROW_DIMENSIONS)[number]; value: string }) {
  const named =
    dimension === 'campaign' ||
    dimension === 'line_item' ||
    dimension === 'creative' ||
    dimension === 'placement';
  const field = {
    campaign: 'campaignId',
    line_item: 'lineItemId',
    creative: 'creativeId',
    placement: 'placementId',
  } as const;
  const found = useRead(
    getDeliveryReport,
    {
      dimensions: [dimension],
      ...(named && value !== '' ? { [field[dimension]]: [value] } : {}),
      from: daysAgo(700),
      limit: 1,
    },
    { enabled: named && value !== '' },
  );
  const name = found.data?.rows.items[0]?.keys[0]?.name ?? null;
  return <>{keyWord({ dimension, value, name })}</>;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
