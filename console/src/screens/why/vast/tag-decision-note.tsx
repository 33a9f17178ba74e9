import { reasonSentence } from '../../../delivery-words.ts';
import { Button } from '../../../design/button.tsx';
import { IdChip } from '../../../design/id-chip.tsx';
import { Note } from '../../../design/note.tsx';
import type { TagDecision } from './fetch-tag.ts';

/** What stands behind the document: the decision and, of an empty one, why; or why that is not told. */
export function TagDecisionNote({
  decisions,
  untold,
  onOpen,
}: {
  decisions: readonly TagDecision[];
  untold: string | null;
  onOpen: (decisionId: string) => void;
}) {
  if (untold !== null)
    return (
      <Note tone="info" title="Decision and reason are not told.">
        {untold}.
      </Note>
    );
  return decisions.map(({ decisionId, reason }) => (
    <Note
      key={decisionId}
      tone={reason === null ? 'info' : 'warn'}
      title={reason === null ? 'An ad was decided.' : `No ad: ${reasonSentence(reason)}`}
    >
      <span className="inline-flex items-center gap-2">
        <IdChip id={decisionId} what="decision" />
        <Button onClick={() => onOpen(decisionId)}>Why</Button>
      </span>
    </Note>
  ));
}
