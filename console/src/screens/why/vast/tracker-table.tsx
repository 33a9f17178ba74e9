import type { VastDocument } from '@cuepoint/vast';
import { findMacros } from '@cuepoint/vast';
import { seconds } from '../../../design/format/number.ts';
import { IdChip } from '../../../design/id-chip.tsx';
import { Panel } from '../../../design/panel.tsx';
import { EmptyState } from '../../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../../design/table.tsx';
import type { Tracker } from './trackers.ts';

/** Whom a player calls, and when. */
export function TrackerTable({
  document,
  trackers,
}: {
  document: VastDocument;
  trackers: readonly Tracker[];
}) {
  return (
    <Panel
      title="Trackers"
      meta={`${trackers.length} in ${document.ads.length} ${document.ads.length === 1 ? 'ad' : 'ads'}`}
    >
      {trackers.length === 0 ? (
        <EmptyState title="No trackers">Nothing of this document would be counted.</EmptyState>
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label="Trackers, scrolling"
          className="max-h-100 overflow-auto"
        >
          <Table
            label="Trackers"
            columns={[40, 128, 76, null, 110]}
            head={
              <>
                <Th right>Ad</Th>
                <Th>Event</Th>
                <Th right>At</Th>
                <Th>Address</Th>
                <Th>Macros</Th>
              </>
            }
          >
            {trackers.map((tracker, at) => {
              const macros = [...new Set(findMacros(tracker.url).map((macro) => macro.name))];
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: one address can be called for several events
                <Tr key={at}>
                  <Td right>{document.ads[tracker.adIndex]?.sequence ?? tracker.adIndex + 1}</Td>
                  <Td title={tracker.owner}>{tracker.event}</Td>
                  <Td right className={tracker.atMs === null ? 'text-fg-3' : undefined}>
                    {tracker.atMs === null ? 'on event' : seconds(tracker.atMs)}
                  </Td>
                  <Td>
                    <IdChip id={tracker.url} what="tracker" />
                  </Td>
                  <Td className="text-fg-2" title={macros.join(', ')}>
                    {macros.join(', ')}
                  </Td>
                </Tr>
              );
            })}
          </Table>
        </section>
      )}
    </Panel>
  );
}
