import {
  archiveReportSchedule,
  createReportSchedule,
  getReportScheduleSecret,
  REPORT_DESTINATIONS,
  REPORT_FORMATS,
  type ReportSchedule,
  type ReportView,
  SCHEDULE_FREQUENCIES,
  updateReportSchedule,
  WEEKDAYS,
} from '@cuepoint/contract';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Field, Select, TextArea } from '../../design/field.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { TextField } from '../../design/text-field.tsx';
import { fieldError } from '../../problem.tsx';
import { FormDrawer } from '../form-drawer.tsx';
import { destinationWords } from './words.ts';

type Draft = Pick<ReportSchedule, 'frequency' | 'localTime' | 'timeZone' | 'format' | 'destination'> & {
  weekday: (typeof WEEKDAYS)[number];
  dayOfMonth: string;
  recipients: string;
  webhookUrl: string;
};

const frequencies = { daily: 'Daily', weekly: 'Weekly', monthly: 'Monthly' };

/** When a saved view is sent, as what, and where to. */
export function ScheduleDrawer({
  schedule,
  view,
  onClose,
}: {
  /** Null for a new one of `view`. */
  schedule: ReportSchedule | null;
  view: ReportView | undefined;
  onClose: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    frequency: schedule?.frequency ?? 'daily',
    weekday: schedule?.weekday ?? 'monday',
    dayOfMonth: String(schedule?.dayOfMonth ?? 1),
    localTime: schedule?.localTime ?? '06:00',
    timeZone: schedule?.timeZone ?? view?.timeZone ?? 'UTC',
    format: schedule?.format ?? 'csv',
    destination: schedule?.destination ?? 'storage',
    recipients: schedule?.recipients.join('\n') ?? '',
    webhookUrl: schedule?.webhookUrl ?? '',
  });
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const create = useChange(createReportSchedule, onClose);
  const update = useChange(updateReportSchedule, onClose);
  const archive = useChange(archiveReportSchedule, onClose);
  const error = create.error ?? update.error ?? archive.error;
  const { frequency, localTime, timeZone, format, destination } = draft;
  const submit = () => {
    const fields = {
      frequency,
      weekday: frequency === 'weekly' ? draft.weekday : null,
      dayOfMonth: frequency === 'monthly' ? Number(draft.dayOfMonth) : null,
      localTime: localTime.trim(),
      timeZone,
      format,
      destination,
      recipients: destination === 'email' ? draft.recipients.split(/[\s,;]+/).filter(Boolean) : [],
      webhookUrl: destination === 'webhook' ? draft.webhookUrl.trim() : null,
    };
    if (schedule)
      update.mutate({
        input: { reportScheduleId: schedule.id, ...fields },
        options: { ifMatch: schedule.version },
      });
    else create.mutate({ input: { reportViewId: view!.id, ...fields } });
  };
  return (
    <FormDrawer
      title={schedule ? `Schedule of ${schedule.reportViewName}` : `Schedule ${view?.name ?? ''}`}
      save={schedule ? 'Save' : 'Create schedule'}
      busy={create.isPending || update.isPending}
      error={error}
      beside={
        schedule && (
          <Button
            look="danger"
            className="ml-auto"
            busy={archive.isPending}
            onClick={() => archive.mutate({ input: { reportScheduleId: schedule.id } })}
          >
            Archive
          </Button>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3">
        <Field label="How often">
          <Select
            value={frequency}
            onChange={(event) => set({ frequency: event.target.value as Draft['frequency'] })}
          >
            {SCHEDULE_FREQUENCIES.map((one) => (
              <option key={one} value={one}>
                {frequencies[one]}
              </option>
            ))}
          </Select>
        </Field>
        {frequency === 'weekly' && (
          <Field label="On" error={fieldError(error, 'weekday')}>
            <Select
              value={draft.weekday}
              onChange={(event) => set({ weekday: event.target.value as Draft['weekday'] })}
            >
              {WEEKDAYS.map((one) => (
                <option key={one} value={one}>
                  {one.charAt(0).toUpperCase() + one.slice(1)}
                </option>
              ))}
            </Select>
          </Field>
        )}
        {frequency === 'monthly' && (
          <TextField
            label="On day"
            hint="The last day of shorter months"
            error={fieldError(error, 'dayOfMonth')}
            inputMode="numeric"
            value={draft.dayOfMonth}
            onChange={(dayOfMonth) => set({ dayOfMonth })}
          />
        )}
        <TextField
          label="At"
          hint="HH:MM"
          error={fieldError(error, 'localTime')}
          value={localTime}
          maxLength={5}
          onChange={(time) => set({ localTime: time })}
        />
        <TextField
          label="Time zone"
          hint="IANA name"
          error={fieldError(error, 'timeZone')}
          value={timeZone}
          maxLength={64}
          onChange={(zone) => set({ timeZone: zone.trim() })}
        />
        <Field label="File">
          <Select value={format} onChange={(event) => set({ format: event.target.value as Draft['format'] })}>
            {REPORT_FORMATS.map((one) => (
              <option key={one} value={one}>
                {one.toUpperCase()}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Sent to">
          <Select
            value={destination}
            onChange={(event) => set({ destination: event.target.value as Draft['destination'] })}
          >
            {REPORT_DESTINATIONS.map((one) => (
              <option key={one} value={one}>
                {destinationWords[one]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {destination === 'email' && (
        <Field label="Recipients" hint="One a line, at most 20" error={fieldError(error, 'recipients')}>
          <TextArea value={draft.recipients} onChange={(event) => set({ recipients: event.target.value })} />
        </Field>
      )}
      {destination === 'webhook' && (
        <TextField
          label="Address"
          hint="Receives a signed POST with the file in it"
          error={fieldError(error, 'webhookUrl')}
          value={draft.webhookUrl}
          placeholder="https://"
          onChange={(webhookUrl) => set({ webhookUrl })}
        />
      )}
      {destination === 'storage' && (
        <p className="text-sm text-fg-3">
          Files lie on this server for a while and are downloaded from the runs of the schedule.
        </p>
      )}
      {schedule?.destination === 'webhook' && <SigningSecret schedule={schedule} />}
    </FormDrawer>
  );
}

function SigningSecret({ schedule }: { schedule: ReportSchedule }) {
  const [isShown, setIsShown] = useState(false);
  const secret = useRead(getReportScheduleSecret, { reportScheduleId: schedule.id }, { enabled: isShown });
  return (
    <div className="flex flex-col gap-1 border-t border-line pt-3 text-sm">
      <span className="font-medium text-fg-2">Signing secret</span>
      {secret.data ? (
        <IdChip id={secret.data.signingSecret} what="signing secret" />
      ) : (
        <span>
          <Button size="sm" busy={secret.isFetching} onClick={() => setIsShown(true)}>
            Show
          </Button>
        </span>
      )}
      {secret.error && <span className="text-block">{secret.error.message}</span>}
    </div>
  );
}
