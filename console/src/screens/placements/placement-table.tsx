import type { Placement } from '@cuepoint/contract';
import { Tag } from '../../design/chip.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { CueDot } from '../../design/mark.tsx';
import { Money } from '../../design/money.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { lengthsSentence, podSentence, positionWords } from './words.ts';

export function PlacementTable({
  placements,
  selected,
  onOpen,
}: {
  placements: readonly Placement[];
  selected: string | undefined;
  onOpen: (placementId: string) => void;
}) {
  return (
    <Table
      label="Placements"
      className="min-w-[620px]"
      columns={[
        90,
        null,
        { width: 190, wideOnly: true },
        96,
        { width: 250, wideOnly: true },
        { width: 110, wideOnly: true },
        96,
        170,
      ]}
      head={
        <>
          <Th>Status</Th>
          <Th>Placement</Th>
          <Th wideOnly>Publisher, app</Th>
          <Th>Position</Th>
          <Th wideOnly>How it is filled</Th>
          <Th wideOnly>Lengths</Th>
          <Th right>Floor CPM</Th>
          <Th>Key</Th>
        </>
      }
    >
      {placements.map((placement) => (
        <Tr key={placement.id} selected={placement.id === selected} onOpen={() => onOpen(placement.id)}>
          <Td>
            {placement.status === 'active' ? <Status word="Live" as="Active" /> : <Status word="Paused" />}
          </Td>
          <Td className="font-medium" title={placement.name}>
            <button
              type="button"
              onClick={() => onOpen(placement.id)}
              className="max-w-full truncate rounded-md align-middle hover:text-accent-text"
            >
              {placement.name}
            </button>{' '}
            {placement.isDefault && <Tag>default</Tag>}
          </Td>
          <Td wideOnly title={placement.publisherName}>
            {placement.publisherName}
            {placement.appName && <span className="text-fg-3">, {placement.appName}</span>}
          </Td>
          <Td>{positionWords[placement.position]}</Td>
          <Td wideOnly title={podSentence(placement.pod)}>
            <span className="inline-flex items-center gap-1.5">
              {placement.pod && <CueDot />}
              {podSentence(placement.pod)}
            </span>
          </Td>
          <Td wideOnly>{lengthsSentence(placement)}</Td>
          <Td right className={placement.floorCpmMicros === 0 ? 'text-fg-3' : undefined}>
            <Money micros={placement.floorCpmMicros} currency={placement.floorCurrency} short />
          </Td>
          <Td>
            <IdChip id={placement.key} what="key" />
          </Td>
        </Tr>
      ))}
    </Table>
  );
}
