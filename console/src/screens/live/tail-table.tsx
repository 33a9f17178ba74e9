import { Link } from '@tanstack/react-router';
import { memo, useRef } from 'react';
import { clock, longTime, ownZone } from '../../design/format/date.ts';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { useRowWalk } from '../../shell/use-row-walk.ts';
import { detailOf, isBad, isQuiet, RecordWord } from './record-words.tsx';
import type { LiveSearch } from './search.ts';
import type { TailRow } from './tail-state.ts';

interface RowProps {
  row: TailRow;
  isOpen: boolean;
  search: LiveSearch;
  nameOf: (id: string | null) => string;
  onOpen: (decisionId: string) => void;
}

/** Records as they came, newest first. j and k walk over them. */
export function TailTable({
  rows,
  search,
  nameOf,
  onOpen,
}: {
  rows: readonly TailRow[];
  search: LiveSearch;
  nameOf: (id: string | null) => string;
  onOpen: (decisionId: string) => void;
}) {
  const table = useRef<HTMLDivElement>(null);
  useRowWalk(table, 'tbody [data-row]');
  return (
    <div ref={table}>
      <Table
        label="Live records"
        className="min-w-[640px] [&_thead]:sticky [&_thead]:top-0 [&_thead]:z-10"
        columns={[104, 132, 190, null, null, { width: 150, wideOnly: true }]}
        head={
          <>
            <Th>Time</Th>
            <Th>What</Th>
            <Th>Decision</Th>
            <Th>Line item or placement</Th>
            <Th>Detail</Th>
            <Th wideOnly>Request id</Th>
          </>
        }
      >
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            isOpen={row.record.decisionId === search.open}
            search={search}
            nameOf={nameOf}
            onOpen={onOpen}
          />
        ))}
      </Table>
    </div>
  );
}

const Row = memo(function Row({ row: { record }, isOpen, search, nameOf, onOpen }: RowProps) {
  const zone = ownZone();
  const detail = detailOf(record);
  const where =
    record.kind === 'request'
      ? nameOf(record.placementId)
      : `${nameOf(record.lineItemId)}${record.position > 1 ? `, ad ${record.position}` : ''}`;
  return (
    <Tr selected={isOpen} onOpen={() => onOpen(record.decisionId)}>
      <Td>
        <time dateTime={record.at} title={`${longTime(record.at, zone)} ${zone}`}>
          {clock(record.at, zone, true)}
          <span className="text-fg-3">.{record.at.slice(20, 23)}</span>
        </time>
      </Td>
      <Td>
        <RecordWord
          name={record.kind === 'request' ? 'request' : record.event}
          bad={isBad(record)}
          quiet={isQuiet(record)}
        />
      </Td>
      <Td>
        <Link
          data-row=""
          to="/live"
          search={{ ...search, open: record.decisionId }}
          replace
          title={`Timeline of ${record.decisionId}`}
          className="block truncate rounded-md font-mono text-sm hover:text-accent-text"
        >
          {record.decisionId}
        </Link>
      </Td>
      <Td title={where}>{where}</Td>
      <Td title={detail} className={isBad(record) ? 'text-block' : 'text-fg-2'}>
        {detail}
      </Td>
      <Td wideOnly className="font-mono text-sm text-fg-2">
        {record.kind === 'request' ? record.requestId : ''}
      </Td>
    </Tr>
  );
});
