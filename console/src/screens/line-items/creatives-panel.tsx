import { type LineItem, listCampaignCreatives, setCreativeWeights } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Input, Select } from '../../design/field.tsx';
import { percent, shortSeconds } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { Problem } from '../../problem.tsx';
import { approvalWord } from '../../words.ts';
import { rotationWords } from './words.ts';

/** What it shows: creatives in their order, with the share each gets. */
export function CreativesPanel({ lineItem, mayWrite }: { lineItem: LineItem; mayWrite: boolean }) {
  const [rows, setRows] = useState(() =>
    [...lineItem.creatives]
      .sort((a, b) => a.sequence - b.sequence)
      .map((creative) => ({ ...creative, text: String(creative.weight) })),
  );
  const offered = useRead(
    listCampaignCreatives,
    { campaignId: lineItem.campaignId, limit: 200 },
    { enabled: mayWrite },
  );
  const save = useChange(setCreativeWeights);
  const weight = (text: string) => (/^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0);
  const bad = rows.some((row) => !(weight(row.text) > 0 && weight(row.text) <= 1_000_000));
  const total = rows.reduce((sum, row) => sum + weight(row.text), 0);
  const before = [...lineItem.creatives].sort((a, b) => a.sequence - b.sequence);
  const changed =
    rows.length !== before.length ||
    rows.some(
      (row, at) => row.creativeId !== before[at]?.creativeId || weight(row.text) !== before[at]?.weight,
    );
  const left = (offered.data?.items ?? []).filter((one) => !rows.some((row) => row.creativeId === one.id));
  const sequential = lineItem.rotation === 'sequential';
  const move = (at: number, step: 1 | -1) => {
    const next = [...rows];
    const [row] = next.splice(at, 1);
    if (row) next.splice(at + step, 0, row);
    setRows(next);
  };
  return (
    <Panel
      title="Creatives"
      meta={
        lineItem.usesCampaignCreatives
          ? 'none assigned: those of the campaign serve, in equal parts'
          : `rotation ${rotationWords[lineItem.rotation].toLowerCase()}`
      }
    >
      {rows.length === 0 ? (
        <EmptyState title="No creative of its own">
          The creatives of the campaign serve. Assign some to weigh or order them.
        </EmptyState>
      ) : (
        <Table
          label="Creatives of the line item"
          columns={[64, null, 90, 116, 110, 76, 96]}
          head={
            <>
              <Th right>Place</Th>
              <Th>Creative</Th>
              <Th right>Length</Th>
              <Th>Approval</Th>
              <Th>Weight</Th>
              <Th right>Share</Th>
              <Th>
                <span className="sr-only">Order</span>
              </Th>
            </>
          }
        >
          {rows.map((row, at) => (
            <Tr key={row.creativeId}>
              <Td right>{at + 1}</Td>
              <Td className="font-medium" title={row.name}>
                <Link
                  to="/creatives/$creativeId"
                  params={{ creativeId: row.creativeId }}
                  className="rounded-md hover:text-accent-text"
                >
                  {row.name}
                </Link>
              </Td>
              <Td right>{row.durationMs === null ? 'unmeasured' : shortSeconds(row.durationMs)}</Td>
              <Td>
                {row.approval in approvalWord ? (
                  <Status word={approvalWord[row.approval as keyof typeof approvalWord]} />
                ) : (
                  row.approval
                )}
              </Td>
              <Td className="!overflow-visible">
                {mayWrite ? (
                  <Input
                    aria-label={`Weight of ${row.name}`}
                    aria-invalid={!(weight(row.text) > 0) || undefined}
                    inputMode="decimal"
                    value={row.text}
                    onChange={(event) =>
                      setRows(
                        rows.map((one, index) => (index === at ? { ...one, text: event.target.value } : one)),
                      )
                    }
                  />
                ) : (
                  row.weight
                )}
              </Td>
              <Td right className="text-fg-2">
                {sequential || bad || lineItem.rotation === 'even' ? '·' : percent(weight(row.text) / total)}
              </Td>
              <Td>
                {mayWrite && (
                  <span className="flex justify-end">
                    <IconButton
                      icon={ArrowUp}
                      size="sm"
                      label={`Move ${row.name} up`}
                      disabled={at === 0}
                      onClick={() => move(at, -1)}
                    />
                    <IconButton
                      icon={ArrowDown}
                      size="sm"
                      label={`Move ${row.name} down`}
                      disabled={at === rows.length - 1}
                      onClick={() => move(at, 1)}
                    />
                    <IconButton
                      icon={X}
                      size="sm"
                      label={`Remove ${row.name}`}
                      onClick={() => setRows(rows.filter((_, index) => index !== at))}
                    />
                  </span>
                )}
              </Td>
            </Tr>
          ))}
        </Table>
      )}
      {mayWrite && (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-3 py-2">
          <Select
            aria-label="Assign a creative of the campaign"
            className="w-72"
            value=""
            disabled={left.length === 0}
            onChange={(event) => {
              const one = left.find((creative) => creative.id === event.target.value);
              if (!one) return;
              const { id, name, approval, durationMs } = one;
              setRows([
                ...rows,
                {
                  creativeId: id,
                  name,
                  approval,
                  durationMs: durationMs ?? null,
                  weight: 1,
                  sequence: rows.length + 1,
                  startAt: null,
                  endAt: null,
                  text: '1',
                },
              ]);
            }}
          >
            <option value="">{left.length === 0 ? 'Every creative is assigned' : 'Assign a creative'}</option>
            {left.map((creative) => (
              <option key={creative.id} value={creative.id}>
                {creative.name}
              </option>
            ))}
          </Select>
          {changed && (
            <Button
              look="primary"
              busy={save.isPending}
              disabled={bad}
              onClick={() =>
                save.mutate({
                  input: {
                    lineItemId: lineItem.id,
                    creatives: rows.map((row, at) => ({
                      creativeId: row.creativeId,
                      weight: weight(row.text),
                      sequence: at + 1,
                      startAt: row.startAt,
                      endAt: row.endAt,
                    })),
                  },
                  options: { ifMatch: lineItem.version },
                })
              }
            >
              Save creatives
            </Button>
          )}
          {bad && <span className="text-sm text-block">A weight is above 0 and at most 1,000,000.</span>}
        </div>
      )}
      {save.error && (
        <div className="px-3 pb-2">
          <Problem error={save.error} />
        </div>
      )}
    </Panel>
  );
}
