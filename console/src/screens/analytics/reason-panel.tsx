import { ShareBar } from '../../design/charts/small.tsx';
import { count, percent } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Table, Td, Tr } from '../../design/table.tsx';

/** Counts by a code or a reason, the most first, as shares of `whole`. */
export function ReasonPanel({
  title,
  meta,
  rows,
  whole,
  word,
  hasCodes = false,
  fill,
  empty,
}: {
  title: string;
  meta: string;
  rows: ReadonlyArray<{ reason: string; count: number }> | undefined;
  whole: number;
  word: (reason: string) => string;
  hasCodes?: boolean;
  fill: string;
  empty: string;
}) {
  const most = Math.max(1, ...(rows ?? []).map((row) => row.count));
  return (
    <Panel title={title} meta={meta}>
      {!rows ? (
        <Skeleton rows={3} />
      ) : rows.length === 0 ? (
        <EmptyState title="None">{empty}</EmptyState>
      ) : (
        <Table label={title} columns={[...(hasCodes ? [48] : []), null, 84, 68, 64]}>
          {rows.slice(0, 8).map((row) => (
            <Tr key={row.reason}>
              {hasCodes && <Td className="font-mono">{row.reason || '…'}</Td>}
              <Td title={word(row.reason)}>{word(row.reason)}</Td>
              <Td>
                <ShareBar share={row.count / most} width={72} fill={fill} />
              </Td>
              <Td right>{count(row.count)}</Td>
              <Td right className="text-fg-3">
                {whole === 0 ? '' : percent(row.count / whole, 2)}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
