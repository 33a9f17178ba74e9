import type { LintFinding } from '@cuepoint/vast';
import { Note } from '../../../design/note.tsx';
import { Panel } from '../../../design/panel.tsx';
import { EmptyState } from '../../../design/states.tsx';
import { Status } from '../../../design/status.tsx';

/** What the lint says, worst first, each with its remedy and the clause behind it. */
export function FindingsPanel({ findings }: { findings: readonly LintFinding[] }) {
  const of = (severity: LintFinding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  return (
    <Panel
      title="Lint"
      bodyClassName="flex flex-col gap-2 p-3"
      meta={
        of('block') > 0 ? (
          <Status word="Blocked" as={`${of('block')} block`} />
        ) : of('warn') > 0 ? (
          <Status word="Warning" as={`${of('warn')} warn`} />
        ) : (
          <Status word="Passed" as="clean" />
        )
      }
    >
      {findings.length === 0 ? (
        <EmptyState title="Nothing to say">The document keeps every rule of its version.</EmptyState>
      ) : (
        findings.map((finding, at) => (
          <Note
            // biome-ignore lint/suspicious/noArrayIndexKey: a document can break one rule in one place several times
            key={at}
            tone={finding.severity}
            title={finding.rule}
            className="text-sm break-words"
          >
            {finding.message}. {finding.remedy}
            <span className="block text-fg-3">
              <span className="font-mono">{finding.path}</span> · {finding.spec}
            </span>
          </Note>
        ))
      )}
    </Panel>
  );
}
