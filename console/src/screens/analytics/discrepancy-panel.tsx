import { type Discrepancies, type DiscrepancyRow, findDiscrepancies } from '@cuepoint/contract';
import { SearchCheck, TriangleAlert, Upload } from 'lucide-react';
import { type ChangeEvent, useRef, useState } from 'react';
import { useChange } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Select } from '../../design/field.tsx';
import { day } from '../../design/format/date.ts';
import { count } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Note } from '../../design/note.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { TextField } from '../../design/text-field.tsx';
import { Problem } from '../../problem.tsx';

const KEYS = { campaign: 'Campaign', line_item: 'Line item', creative: 'Creative' } as const;
type Key = keyof typeof KEYS;
const SHOWN = 12;
/** As the operation takes it. */
const MAX_CHARACTERS = 900_000;

/** Our counts beside a third party's file, day by day, with what may be the cause. */
export function DiscrepancyPanel({ zone }: { zone: string | undefined }) {
  const input = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState<Key>('campaign');
  const [columns, setColumns] = useState({ day: 'day', key: 'key', impressions: 'impressions', clicks: '' });
  const [file, setFile] = useState<{ name: string; csv: string } | null>(null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const compare = useChange(findDiscrepancies);
  const ask = (csv: string, by: Key) =>
    compare.mutate({
      input: {
        csv,
        key: by,
        dayColumn: columns.day,
        keyColumn: columns.key,
        impressionsColumn: columns.impressions,
        ...(columns.clicks.trim() === '' ? {} : { clicksColumn: columns.clicks.trim() }),
        ...(zone === undefined ? {} : { timeZone: zone }),
      },
    });
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.target.files?.[0];
    event.target.value = '';
    if (!chosen) return;
    const csv = await chosen.text();
    setTooLarge(csv.length > MAX_CHARACTERS ? chosen.name : null);
    if (csv.length > MAX_CHARACTERS) return;
    setFile({ name: chosen.name, csv });
    ask(csv, key);
  };
  const found = compare.data;
  return (
    <Panel
      title="Discrepancy"
      action={
        <>
          <Select
            aria-label="What the lines of the file are about"
            className="w-28 text-fg"
            value={key}
            onChange={(event) => {
              const next = event.target.value as Key;
              setKey(next);
              if (file) ask(file.csv, next);
            }}
          >
            {Object.entries(KEYS).map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </Select>
          <Button size="sm" icon={Upload} busy={compare.isPending} onClick={() => input.current?.click()}>
            File
          </Button>
          <input
            ref={input}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            className="sr-only"
            tabIndex={-1}
            aria-label="File of a third party"
            onChange={(event) => void take(event)}
          />
        </>
      }
    >
      {tooLarge && (
        <Note tone="block" live title={`${tooLarge} is too large.`} className="m-3 text-sm">
          A file has at most {count(MAX_CHARACTERS)} characters; take fewer days.
        </Note>
      )}
      {compare.error && (
        <div className="flex flex-col gap-3 p-3">
          <Problem error={compare.error} />
          {file && (
            <form
              className="grid grid-cols-2 gap-2"
              onSubmit={(event) => {
                event.preventDefault();
                ask(file.csv, key);
              }}
            >
              {(['day', 'key', 'impressions', 'clicks'] as const).map((column) => (
                <TextField
                  key={column}
                  label={
                    column === 'key'
                      ? 'Column of ids or names'
                      : `Column of ${column === 'day' ? 'days' : column}`
                  }
                  value={columns[column]}
                  maxLength={100}
                  onChange={(text) => setColumns((before) => ({ ...before, [column]: text }))}
                />
              ))}
              <Button type="submit" size="sm" busy={compare.isPending}>
                Read it again
              </Button>
            </form>
          )}
        </div>
      )}
      {!found && !compare.error ? (
        <EmptyState icon={SearchCheck} title="Compare with their report">
          Choose a CSV with the columns day, key and impressions; the key is an id or an exact name. Beyond 10
          % of ours a row is marked.
        </EmptyState>
      ) : (
        found && !compare.error && <Found found={found} file={file?.name ?? ''} />
      )}
    </Panel>
  );
}

function Found({ found, file }: { found: Discrepancies; file: string }) {
  const { rows, totals, unknownKeys, unreadTotal } = found;
  const cause = rows.find((row) => row.cause !== null)?.cause;
  return (
    <>
      <Table
        label="Discrepancy by day"
        columns={[null, 76, 76, 92]}
        head={
          <>
            <Th>Day, name</Th>
            <Th right>Ours</Th>
            <Th right>Theirs</Th>
            <Th right>Gap</Th>
          </>
        }
        foot={
          <tr>
            <Td className="font-medium">All {count(totals.rows)} rows</Td>
            <Td right>{count(totals.ours)}</Td>
            <Td right>{count(totals.theirs)}</Td>
            <Td right>
              <Gap discrepancy={totals.discrepancy} isFlagged={totals.isFlagged} />
            </Td>
          </tr>
        }
      >
        {rows.slice(0, SHOWN).map((row) => (
          <Tr key={`${row.day} ${row.id}`}>
            <Td title={titleOf(row)}>
              {day(`${row.day}T00:00:00Z`, 'UTC')}, {row.name ?? row.id}
            </Td>
            <Td right>{count(row.ours)}</Td>
            <Td right>{row.theirs === null ? 'none' : count(row.theirs)}</Td>
            <Td right>
              <Gap discrepancy={row.discrepancy} isFlagged={row.isFlagged} />
            </Td>
          </Tr>
        ))}
      </Table>
      <div className="flex flex-col gap-1 border-t border-line px-3 py-2 text-sm text-fg-2">
        {cause && (
          <span className="flex gap-1.5">
            <Icon of={SearchCheck} size="small" className="mt-0.5" />
            {cause.detail}
          </span>
        )}
        <span className="text-fg-3">
          {file}, days of {found.timeZone}; {count(totals.flaggedRows)} of {count(totals.rows)} rows beyond
          the limit
          {rows.length > SHOWN && `, the ${SHOWN} largest shown`}
          {unknownKeys.length > 0 &&
            `; ${count(unknownKeys.length)} keys name nothing here: ${unknownKeys
              .slice(0, 3)
              .map(({ key }) => key)
              .join(', ')}`}
          {unreadTotal > 0 && `; ${count(unreadTotal)} lines could not be read`}.
        </span>
      </div>
    </>
  );
}

function Gap({ discrepancy, isFlagged }: { discrepancy: number | null; isFlagged: boolean }) {
  const text = discrepancy === null ? 'no base' : gapWord(discrepancy);
  return isFlagged ? (
    <span className="inline-flex items-center gap-1 font-medium text-warn">
      <Icon of={TriangleAlert} size="small" />
      <span className="sr-only">beyond the limit: </span>
      {text}
    </span>
  ) : (
    text
  );
}

/** To a thousandth of a percent: exactly ten is within the limit. */
function gapWord(share: number): string {
  return `${share < 0 ? '\u2212' : ''}${Math.abs(share * 100).toFixed(3)}\u00a0%`;
}

function titleOf({ day: on, name, id, cause }: DiscrepancyRow): string {
  return `${on}, ${name ?? id}${cause ? `: ${cause.detail}` : ''}`;
}
