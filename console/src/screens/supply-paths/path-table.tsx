import type { FeeMode, SupplyAnalysis } from '@cuepoint/contract';
import { ShareBar } from '../../design/charts/small.tsx';
import { Checkbox } from '../../design/choice.tsx';
import { cx } from '../../design/cx.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { cpmFees, ppmText, sourceOf } from './flows.ts';

const quiet = (text: string) => <span className="text-fg-3">{text}</span>;

/** All paths with every rate, both nets, and how sure the rates are. Two rows are compared above. */
export function PathTable({
  data,
  mode,
  first,
  second,
  onCompare,
}: {
  data: SupplyAnalysis;
  mode: FeeMode;
  first: number;
  second: number;
  onCompare: (paths: readonly [number, number]) => void;
}) {
  const { currency } = data;
  // Always two: a newly checked path replaces the one compared second, an unchecked one the next free path.
  const toggle = (number: number, on: boolean) => {
    if (on) return onCompare([first, number]);
    const kept = number === first ? second : first;
    const free = data.paths
      .map((entry) => entry.path.number)
      .find((other) => other !== kept && other !== number);
    if (free !== undefined) onCompare([kept, free]);
  };
  const wide = (width: number) => ({ width, wideOnly: true }) as const;
  return (
    <Panel>
      <Table
        label="Supply paths"
        columns={[
          38,
          36,
          null,
          64,
          wide(78),
          64,
          wide(96),
          mode === 'additive' ? 112 : wide(108),
          mode === 'cascading' ? 112 : wide(108),
          wide(176),
          104,
        ]}
        head={
          <>
            <Th>
              <span className="sr-only">Compare</span>
            </Th>
            <Th>#</Th>
            <Th>Path, {data.paths.length}</Th>
            <Th right>DSP</Th>
            <Th right wideOnly>
              Exchange
            </Th>
            <Th right>SSP</Th>
            <Th right wideOnly>
              CPM fees
            </Th>
            <Th right wideOnly={mode !== 'additive'}>
              Net, additive
            </Th>
            <Th right wideOnly={mode !== 'cascading'}>
              Net, cascading
            </Th>
            <Th wideOnly>Reaches publisher, {mode}</Th>
            <Th right>Source</Th>
          </>
        }
      >
        {data.paths.map(({ path, additive, cascading }) => {
          const compared = path.number === first || path.number === second;
          const share = (mode === 'additive' ? additive : cascading).publisherSharePpm;
          const source = sourceOf(path);
          return (
            <Tr key={path.id} selected={compared}>
              <Td>
                <Checkbox
                  checked={compared}
                  onChange={(on) => toggle(path.number, on)}
                  label={`Compare path ${path.number}, ${path.name}`}
                />
              </Td>
              <Td className="text-fg-3">{path.number}</Td>
              <Td className="font-medium" title={path.name}>
                {path.dsp.party} {quiet('›')}{' '}
                {path.exchange ? (
                  <>
                    {path.exchange.party} {quiet('›')}{' '}
                  </>
                ) : (
                  quiet('direct › ')
                )}
                {path.ssp.party}
              </Td>
              <Td right>{ppmText(path.dsp.typicalPpm)}</Td>
              <Td right wideOnly>
                {path.exchange ? ppmText(path.exchange.typicalPpm) : quiet('none')}
              </Td>
              <Td right>{ppmText(path.ssp.typicalPpm)}</Td>
              <Td right wideOnly className="text-fg-2">
                <Money micros={cpmFees(path)} currency={currency} />
              </Td>
              <Td
                right
                wideOnly={mode !== 'additive'}
                className={cx(mode === 'additive' ? 'font-medium' : 'text-fg-2')}
              >
                <Money micros={additive.publisherNetMicros} currency={currency} />
              </Td>
              <Td
                right
                wideOnly={mode !== 'cascading'}
                className={cx(mode === 'cascading' ? 'font-medium' : 'text-fg-2')}
              >
                <Money micros={cascading.publisherNetMicros} currency={currency} />
              </Td>
              <Td wideOnly>
                <span className="flex items-center gap-2">
                  <ShareBar
                    share={share / 1_000_000}
                    fill={
                      path.number === first
                        ? 'var(--chart-1)'
                        : path.number === second
                          ? 'var(--chart-2)'
                          : 'var(--text-3)'
                    }
                  />
                  {ppmText(share, 2)}
                </span>
              </Td>
              <Td right className="text-fg-3" title={source.detail}>
                {source.word}
              </Td>
            </Tr>
          );
        })}
      </Table>
    </Panel>
  );
}
