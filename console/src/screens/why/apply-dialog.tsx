import type { Explanation, Focus } from '@cuepoint/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Wand2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Note } from '../../design/note.tsx';
import { Skeleton } from '../../design/states.tsx';
import { Problem } from '../../problem.tsx';
import { applyEdits, askAgain, type PlannedEdit, planEdits, questionOf } from './apply-edits.ts';
import { Diff } from './diff.tsx';
import type { WhySearch } from './search.ts';

type Stage =
  | { name: 'reading' }
  | { name: 'confirm'; plan: PlannedEdit[] }
  | { name: 'applying'; plan: PlannedEdit[] }
  | { name: 'asking' }
  | { name: 'done'; answer: Explanation }
  | { name: 'failed'; error: unknown; made: number };

/** Confirms the edits against the versions that were seen, makes them, and decides the request again. */
export function ApplyDialog({
  focus,
  request,
  onPreview,
  onClose,
}: {
  focus: Focus;
  request: Explanation['request'];
  onPreview: (search: WhySearch) => void;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [stage, setStage] = useState<Stage>({ name: 'reading' });
  useEffect(() => {
    let gone = false;
    planEdits(focus).then(
      (plan) => !gone && setStage({ name: 'confirm', plan }),
      (error: unknown) => !gone && setStage({ name: 'failed', error, made: 0 }),
    );
    return () => {
      gone = true;
    };
  }, [focus]);
  const apply = async (plan: PlannedEdit[]) => {
    setStage({ name: 'applying', plan });
    let made = 0;
    try {
      await applyEdits(plan, (done) => {
        made = done;
      });
      setStage({ name: 'asking' });
      setStage({ name: 'done', answer: await askAgain(request, focus.lineItemId) });
    } catch (error) {
      setStage({ name: 'failed', error, made });
    } finally {
      void client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'delivery',
        refetchType: 'active',
      });
    }
  };
  const { placement, facts, durationSeconds, maxAds } = questionOf(request);
  const showPreview = () => {
    onClose();
    onPreview({
      tab: 'preview',
      li: focus.lineItemId,
      placement,
      facts,
      seconds: durationSeconds,
      ...(maxAds ? { maxAds } : {}),
    });
  };
  const busy = stage.name === 'applying' || stage.name === 'asking';
  const count = focus.edits.length;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Apply ${count} ${count === 1 ? 'edit' : 'edits'} to ${focus.lineItemName}`}
      foot={
        stage.name === 'done' ? (
          <>
            <Button onClick={onClose}>Close</Button>
            <Button look="primary" onClick={showPreview}>
              Show the request as it is decided now
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            {stage.name !== 'failed' && (
              <Button
                look="primary"
                icon={Wand2}
                busy={busy}
                disabled={stage.name === 'reading'}
                onClick={() => stage.name === 'confirm' && void apply(stage.plan)}
              >
                {count === 1 ? 'Apply edit' : `Apply ${count} edits`}
              </Button>
            )}
          </>
        )
      }
    >
      {stage.name === 'reading' ? (
        <Skeleton rows={2} />
      ) : stage.name === 'failed' ? (
        <div className="flex flex-col gap-2">
          {stage.made > 0 && (
            <Note tone="warn" title="In part.">
              {stage.made} of {count} edits were applied and stay.
            </Note>
          )}
          {stage.error instanceof ApiError ? (
            <Problem error={stage.error} />
          ) : (
            <Note tone="block" live title="Not applied.">
              {stage.error instanceof Error ? `${stage.error.message}.` : 'The answer was not understood.'}
            </Note>
          )}
        </div>
      ) : stage.name === 'done' ? (
        <Outcome answer={stage.answer} />
      ) : (
        <div className="flex flex-col gap-3">
          {stage.name === 'asking' ? (
            <p role="status">Applied. The request is decided again with the change.</p>
          ) : (
            stage.plan.map(({ edit, version }) => (
              <div key={edit.sentence} className="flex flex-col gap-1.5">
                <p className="font-medium">{edit.sentence}</p>
                <Diff edit={edit} />
                {version !== null && (
                  <p className="text-sm text-fg-3">
                    On version {version}, as it is now. If somebody changes it meanwhile, nothing is applied.
                  </p>
                )}
              </div>
            ))
          )}
          <p className="text-fg-2">It changes serving as soon as the delivery node has it, within seconds.</p>
        </div>
      )}
    </Dialog>
  );
}

function Outcome({ answer }: { answer: Explanation }) {
  const { focus } = answer;
  const reason = focus?.reasons[0];
  return focus?.served ? (
    <Note tone="ok" live title="It serves.">
      The same request, decided now with the edit, serves {focus.lineItemName}.
    </Note>
  ) : (
    <Note tone="warn" live title="Applied, but it does not serve now.">
      {reason
        ? `${reason.reason}: ${reasonSentence(reason.reason)}; required ${reason.required}, actual ${reason.actual}.`
        : 'Counters have moved since the request was logged.'}
    </Note>
  );
}
