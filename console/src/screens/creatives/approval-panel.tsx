import {
  type ApprovalAction,
  type ApprovalEvent,
  type ApprovalState,
  type Creative,
  changeApproval,
} from '@cuepoint/contract';
import { BadgeCheck, Ellipsis, Send, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useChange } from '../../api.ts';
import { Button, type ButtonLook, IconButton, Kbd } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { Field, TextArea } from '../../design/field.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu } from '../../design/menu.tsx';
import { Panel } from '../../design/panel.tsx';
import { Status } from '../../design/status.tsx';
import { statusMap, toneText } from '../../design/status-map.ts';
import { useToast } from '../../design/toast.tsx';
import { Problem } from '../../problem.tsx';
import { useCommands } from '../../shell/page-context.tsx';
import { approvalActionWords, approvalWord } from '../../words.ts';

const looks: Record<ApprovalAction, ButtonLook> = {
  submit: 'primary',
  approve: 'primary',
  reject: 'danger',
  request_changes: 'secondary',
  withdraw: 'quiet',
};
const keys: Partial<Record<ApprovalAction, string>> = { approve: 'a', request_changes: 'r' };
const needsReason = new Set<ApprovalAction>(['reject', 'request_changes']);
const moved: Record<ApprovalState, string> = {
  draft: 'is a draft again',
  submitted: 'waits for review',
  approved: 'is approved',
  rejected: 'is rejected',
  changes_requested: 'is sent back',
  trafficked: 'is trafficked',
};

/** Where the approval stands, how it came there, and what may be done now, with the reason where it may not. */
export function ApprovalPanel({
  creative,
  events,
}: {
  creative: Creative;
  events: readonly ApprovalEvent[];
}) {
  const toast = useToast();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const field = useRef<HTMLDivElement>(null);
  const change = useChange(changeApproval, (after) => {
    toast({ text: `${after.name} ${moved[after.approval]}` });
    setReason('');
    setAsked(false);
  });
  const run = (action: ApprovalAction) => {
    if (needsReason.has(action) && reason.trim() === '') {
      setAsked(true);
      field.current?.querySelector('textarea')?.focus();
      return;
    }
    change.mutate({
      input: { creativeId: creative.id, action, ...(reason.trim() ? { reason: reason.trim() } : {}) },
    });
  };
  const shown = creative.actions.filter((entry) => entry.allowed || entry.why !== null);
  // A decision is one of the buttons; taking the question back is not.
  const buttons = shown.filter((entry) => entry.action !== 'withdraw');
  const mayWithdraw = shown.some((entry) => entry.action === 'withdraw' && entry.allowed);
  const offered = shown.filter((entry) => entry.allowed);
  const off = shown.filter((entry) => !entry.allowed);
  const mayJudge = offered.some((entry) => needsReason.has(entry.action));
  useCommands(
    offered.map((entry) => {
      const key = keys[entry.action];
      return {
        id: `approval ${entry.action}`,
        group: 'Actions' as const,
        label: `${approvalActionWords[entry.action]}: ${creative.name}`,
        icon: entry.action === 'submit' ? Send : BadgeCheck,
        ...(key ? { keys: key } : {}),
        run: () => run(entry.action),
      };
    }),
  );
  return (
    <Panel title="Approval" action={<Status word={approvalWord[creative.approval]} />} bodyClassName="p-3">
      {events.length === 0 ? (
        <p className="text-fg-2">Nobody has moved it yet. Nothing unapproved is served or sent.</p>
      ) : (
        <ol className="flex flex-col gap-2">
          {events.map((event) => {
            const [tone, icon] = statusMap[approvalWord[event.to]];
            return (
              <li key={`${event.at} ${event.to}`} className="flex gap-2.5 leading-4.5">
                <span className={toneText[tone]}>
                  <Icon of={icon} size="nav" className="mt-px" />
                </span>
                <div className="min-w-0">
                  <div className="font-medium">{approvalWord[event.to]}</div>
                  <div className="meta text-fg-3">
                    {event.actor}, <DateTime at={event.at} />
                  </div>
                  {event.reason && <p className="break-words text-fg-2">“{event.reason}”</p>}
                </div>
              </li>
            );
          })}
        </ol>
      )}
      {mayJudge && (
        <div ref={field} className="mt-3">
          <Field
            label="Reason, required to reject or send back"
            error={
              asked && reason.trim() === '' ? 'Say why, so that the next version can answer it' : undefined
            }
          >
            <TextArea
              rows={2}
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
        </div>
      )}
      {(offered.length > 0 || off.length > 0) && (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {buttons.map((entry) => {
            const key = keys[entry.action];
            return (
              <Button
                key={entry.action}
                look={looks[entry.action]}
                disabled={!entry.allowed}
                aria-describedby={entry.allowed ? undefined : `why-${entry.action}`}
                busy={change.isPending && change.variables?.input.action === entry.action}
                onClick={() => run(entry.action)}
              >
                {approvalActionWords[entry.action]}
                {key && entry.allowed && (
                  <Kbd className="!border-current !text-current">{key.toUpperCase()}</Kbd>
                )}
              </Button>
            );
          })}
          {mayWithdraw && (
            <span className="ml-auto">
              <Menu
                label="More about the approval"
                trigger={<IconButton icon={Ellipsis} label="More about the approval" />}
                groups={[
                  [
                    {
                      label: approvalActionWords.withdraw,
                      icon: Undo2,
                      onSelect: () => run('withdraw'),
                    },
                  ],
                ]}
              />
            </span>
          )}
        </div>
      )}
      {off.map((entry) => (
        <p key={entry.action} id={`why-${entry.action}`} className="mt-1.5 text-sm text-fg-3">
          {approvalActionWords[entry.action]} is off: {entry.why}
        </p>
      ))}
      {change.error && <Problem error={change.error} className="mt-3" />}
    </Panel>
  );
}
