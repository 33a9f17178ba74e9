import type { LossHistory } from '@cuepoint/contract';
import { DateTime } from '../../../design/date-time.tsx';
import { day as dayText } from '../../../design/format/date.ts';
import { Table, Td, Th, Tr } from '../../../design/table.tsx';
import { numbered } from './loss-view.ts';

/** Rows while no day is selected. */
const FEW = 8;

const kindWords: Readonly<Record<string, string>> = {
  campaign: 'Campaign',
  line_item: 'Line item',
  flight: 'Flight',
  creative: 'Creative',
  placement: 'Placement',
};

/** What was changed, by the numbers above the bars; of one day, or the newest. */
export function ChangeList({ history, day }: { history: LossHistory; day: string | undefined }) {
  const { changes, changesTotal } = history;
  if (changes === null)
    return (
      <p className="meta border-t border-line px-3 py-2 text-fg-3">
        What was changed is shown to traffickers, reviewers and admins.
      </p>
    );
  const all = numbered(changes).reverse();
  const shown = day ? all.filter((one) => one.day === day) : all.slice(0, FEW);
  const title = day ? `Changes of ${dayText(`${day}T00:00:00Z`, 'UTC')}` : 'Newest changes';
  return (
    <section aria-label={title} className="border-t border-line">
      <h3 className="flex gap-2 px-3 pt-2 pb-1 !text-sm">
        {title}
        <span className="font-regular text-fg-3">
          {shown.length} of {changesTotal ?? all.length}
        </span>
      </h3>
      {shown.length === 0 ? (
        <p className="px-3 pb-2 text-fg-2">Nothing was changed{day ? ' on this day' : ''}.</p>
      ) : (
        <Table
          label={title}
          columns={[44, 152, 120, 110, null, { width: 200, wideOnly: true }]}
          head={
            <>
              <Th right>No.</Th>
              <Th>When</Th>
              <Th>Who</Th>
              <Th>What</Th>
              <Th>Fields</Th>
              <Th wideOnly>Object</Th>
            </>
          }
        >
          {shown.map((one) => (
            <Tr key={one.id}>
              <Td right>{one.number}</Td>
              <Td>
                <DateTime at={one.at} />
              </Td>
              <Td title={one.actorName}>{one.actorName}</Td>
              <Td>{kindWords[one.entityKind] ?? one.entityKind}</Td>
              <Td title={[one.operation, one.reason].filter(Boolean).join(': ')}>
                {one.change === 'updated' ? one.fields.join(', ') : one.change}
              </Td>
              <Td wideOnly className="font-mono text-sm text-fg-2">
                {one.entityId}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
    </section>
  );
}
