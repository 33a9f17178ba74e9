import type { CampaignStats } from '@cuepoint/contract';
import { count } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { deliveryEventWord, invalidTrafficWord } from '../../words.ts';

/** Events that came from no viewer, by reason. Nothing is shown while there are none. */
export function InvalidTrafficPanel({ rows }: { rows: CampaignStats['invalidTraffic'] }) {
  if (rows.length === 0) return null;
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return (
    <Panel title="Invalid traffic" meta={<span className="text-md">{count(total)}</span>}>
      <Table
        label="Invalid traffic"
        columns={[140, null, 96]}
        head={
          <>
            <Th>Event</Th>
            <Th>Why it is no viewer’s</Th>
            <Th right>Events</Th>
          </>
        }
      >
        {rows.map(({ event, reason, count: events }) => (
          <Tr key={`${event} ${reason}`}>
            <Td>{deliveryEventWord[event] ?? event}</Td>
            <Td>{invalidTrafficWord[reason] ?? reason}</Td>
            <Td right>{count(events)}</Td>
          </Tr>
        ))}
      </Table>
      <p className="meta px-3 py-2 text-fg-3">
        Kept and marked, in none of the figures above, and not billed.
      </p>
    </Panel>
  );
}
