import type { SankeyFlow } from '../../design/charts/sankey-layout.ts';
import { Money } from '../../design/money.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';

/** The table twin of the flow: what is left after each stage, exactly. */
export function FlowTable({ flows, currency }: { flows: readonly SankeyFlow[]; currency: string }) {
  return (
    <Table
      label="Flow of media money"
      columns={[null, 100, 118, 118, 118]}
      head={
        <>
          <Th>Path</Th>
          <Th right>Gross</Th>
          <Th right>After the DSP</Th>
          <Th right>After the exchange</Th>
          <Th right>Publisher</Th>
        </>
      }
    >
      {flows.map((flow) => (
        <Tr key={flow.id} selected={flow.highlight > 0}>
          <Td>
            {flow.nodes
              .slice(0, 3)
              .map((node) => node ?? 'direct')
              .join(' › ')}
          </Td>
          {[flow.gross, ...flow.after].map((micros, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stages are a fixed list
            <Td key={at} right>
              <Money micros={micros} currency={currency} />
            </Td>
          ))}
        </Tr>
      ))}
    </Table>
  );
}
