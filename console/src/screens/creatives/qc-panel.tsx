import type { QcFinding, QcPackResult, QcReport } from '@cuepoint/contract';
import { Gauge } from 'lucide-react';
import { useState } from 'react';
import type { ApiError } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Select } from '../../design/field.tsx';
import { seconds } from '../../design/format/number.ts';
import { timeCode } from '../../design/format/time-code.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';
import { findingWord } from '../../words.ts';

const rank: Record<QcFinding['status'], number> = { block: 0, warn: 1, not_measured: 2, passed: 3 };

/** Passed checks shown before the rest is asked for: what needs a person stays in sight. */
const shownPassed = 5;

/** The pack with the most to do first: that is the one to look at. */
export function worstPack(packs: readonly QcPackResult[]): QcPackResult | undefined {
  return [...packs].sort((a, b) => b.blocks - a.blocks || b.warns - a.warns)[0];
}

/** Every check of one destination: measured, required, where, remedy. Time codes move the player. */
export function QcPanel({
  report,
  error,
  pending,
  packId,
  onPack,
  onSeek,
}: {
  report: QcReport | undefined;
  error: ApiError | null;
  pending: boolean;
  packId: string | undefined;
  onPack: (packId: string) => void;
  onSeek: (ms: number) => void;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const pack =
    report?.packs.find((candidate) => candidate.packId === packId) ?? worstPack(report?.packs ?? []);
  const fps = report?.measurement.video?.fps ?? null;
  const findings = pack ? [...pack.findings].sort((a, b) => rank[a.status] - rank[b.status]) : [];
  const passed = findings.filter((finding) => finding.status === 'passed');
  const folded = !all && passed.length > shownPassed + 1;
  const shown = folded ? findings.slice(0, findings.length - passed.length + shownPassed) : findings;
  // Columns that would be empty for this destination give their room to the measured values.
  const timed = findings.some((finding) => finding.timecodeMs !== null);
  const remedied = findings.some((finding) => finding.status === 'block' || finding.status === 'warn');
  return (
    <Panel
      title="Quality control"
      meta={
        pack && (
          <>
            {pack.blocks > 0 && <Status word="Blocked" as={`${pack.blocks} block`} />}
            {pack.warns > 0 && <Status word="Warning" as={`${pack.warns} warn`} />}
            <Status word="Passed" as={`${pack.passes} pass`} />
          </>
        )
      }
      action={
        report &&
        pack && (
          <>
            <span className="meta text-fg-3 max-wide:hidden">
              measured in {(report.measurement.measuredInMs / 1000).toFixed(1)} s
            </span>
            <Select
              aria-label="Destination pack"
              className="w-64"
              value={pack.packId}
              onChange={(event) => onPack(event.target.value)}
            >
              {report.packs.map((candidate) => (
                <option key={candidate.packId} value={candidate.packId}>
                  {candidate.packName} {candidate.packVersion}
                  {candidate.blocks > 0
                    ? `, ${candidate.blocks} block`
                    : candidate.warns > 0
                      ? `, ${candidate.warns} warn`
                      : ''}
                </option>
              ))}
            </Select>
          </>
        )
      }
    >
      {error && !report ? (
        error.problem?.code === 'creative.not_ready' ? (
          <EmptyState icon={Gauge} title="Not measured yet">
            {error.problem.detail}
          </EmptyState>
        ) : (
          <ReadFailed what="Quality control" error={error} />
        )
      ) : !report || pending ? (
        <Skeleton rows={6} />
      ) : !pack ? (
        <EmptyState icon={Gauge} title="No destination packs are loaded">
          Packs hold what each destination asks of a file.
        </EmptyState>
      ) : (
        <>
          <Table
            label={`Findings of ${pack.packName}`}
            columns={[
              96,
              148,
              null,
              remedied ? 150 : null,
              ...(timed ? [104] : []),
              ...(remedied ? [{ width: 240, wideOnly: true } as const] : []),
            ]}
            head={
              <>
                <Th>Result</Th>
                <Th>Check</Th>
                <Th>Measured</Th>
                <Th>Required</Th>
                {timed && <Th>At</Th>}
                {remedied && <Th wideOnly>Remedy</Th>}
              </>
            }
          >
            {shown.map((finding) => {
              const clear = finding.status === 'passed' || finding.status === 'not_measured';
              const at = finding.timecodeMs;
              return (
                <Tr key={finding.rule} selected={chosen === finding.rule}>
                  <Td>
                    <Status word={findingWord[finding.status]} />
                  </Td>
                  <Td className="font-medium" title={`${finding.check}: ${finding.rule}`}>
                    {finding.check}
                  </Td>
                  <Td className={clear ? 'text-fg-2' : undefined} title={finding.measured}>
                    {finding.measured}
                  </Td>
                  <Td
                    className="text-fg-2"
                    title={`${finding.limit}. Source: ${finding.source}, confidence ${finding.confidence}`}
                  >
                    {finding.limit}
                  </Td>
                  {timed && (
                    <Td>
                      {at !== null && (
                        <button
                          type="button"
                          onClick={() => {
                            setChosen(finding.rule);
                            onSeek(at);
                          }}
                          aria-label={`Go to ${fps === null ? seconds(at) : timeCode(at, fps)} in the player`}
                          className="min-h-6 rounded-md font-mono text-sm text-accent-text outline-offset-[-2px] hover:underline"
                        >
                          {fps === null ? seconds(at) : timeCode(at, fps)}
                        </button>
                      )}
                    </Td>
                  )}
                  {remedied && (
                    <Td wideOnly className="text-fg-2" title={finding.remedy}>
                      {clear ? '' : finding.remedy}
                    </Td>
                  )}
                </Tr>
              );
            })}
          </Table>
          {passed.length > shownPassed + 1 && (
            <div className="flex h-9 items-center px-3">
              <Button size="sm" look="quiet" aria-expanded={!folded} onClick={() => setAll(!all)}>
                {folded ? `Show all ${findings.length} checks` : 'Show fewer'}
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}
